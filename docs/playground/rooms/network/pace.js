// How much is asked of Python for one picture: as many updates and as fine a field as this machine makes in time.

const WHOLE = 50; // ms in which Python should compute a picture
const UPDATES = [6, 24]; // of it for the updates, at least and at most
const FIELD = 24; // and for the field behind the points
const GRIDS = [25, 50, 75];
const EACH = 4; // pictures between those of the neurons

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

export class Pace {
  constructor() {
    Object.assign(this, { grid: 50, perPoint: 0, budget: 20, pictures: 0, begun: performance.now(), frames: 0, since: performance.now(), said: "–", steps: 0, spent: 0 });
  }

  /** What the next picture asks for. */
  order(pace) {
    this.begun = performance.now();
    const maps = this.pictures++ % EACH === 0;
    return { steps: pace === "fast" ? 1000 : 1, budget: this.budget, field: this.grid, maps };
  }

  /** Learn from what came; returns how fast it is, in words, about twice a second. */
  note({ field, ms, losses, took }, pace) {
    if (took) {
      const rest = WHOLE - (took - (ms ?? 0) * losses.length), [least, most] = UPDATES;
      this.budget = 0.7 * this.budget + 0.3 * Math.min(most, Math.max(least, rest));
    }
    if (field) {
      const each = field.ms / field.n ** 2;
      this.perPoint = this.perPoint ? 0.8 * this.perPoint + 0.2 * each : each;
      this.grid = GRIDS.findLast((n) => n * n * this.perPoint <= FIELD * (n > this.grid ? 0.8 : 1.2)) ?? GRIDS[0];
    }
    this.frames++;
    this.steps += losses?.length ?? 0;
    this.spent += (ms ?? 0) * (losses?.length ?? 0);
    const passed = performance.now() - this.since;
    if (passed > 500 && this.steps) {
      const rate = pace === "slow" ? "" : `${Math.round(1e3 * this.steps / passed)} updates/s · ${Math.round(1e3 * this.frames / passed)} pictures/s`;
      this.said = [`${(this.spent / this.steps).toFixed(1)} ms an update`, rate].filter(Boolean).join(" · ");
      Object.assign(this, { frames: 0, steps: 0, spent: 0, since: performance.now() });
    }
    return this.said;
  }

  /** Wait for the next picture; a hidden tab has none. */
  async rest(pace) {
    if (pace === "slow") await new Promise((resolve) => setTimeout(resolve, 500 - (performance.now() - this.begun)));
    await frame();
  }
}

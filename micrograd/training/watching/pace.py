"""When a running training can afford a picture of itself."""

from __future__ import annotations

from time import perf_counter

LIVE, SHARE = 0.03, 0.06  # of the training's time: for pictures while it runs, and with the film at its end
FILM = 0.4  # seconds for the film at the end of a short training, where its share would be less
PAUSE = 0.1  # seconds between two pictures, at least: nobody sees more


class Pace:
    """Adds up how long the training takes and how long its pictures take, each measured as it happens."""

    def __init__(self) -> None:
        self.training = self.pictures = self.once = 0.0
        self.longest = 0.05  # seconds for a picture: a guess until there is one, then the last one's time
        self._since = self._last = perf_counter()

    def lap(self) -> float:
        """The seconds since the last lap."""
        now = perf_counter()
        taken, self._since = now - self._since, now
        return taken

    def trained(self) -> None:
        self.training += self.lap()

    def drawn(self, first: bool = False) -> None:
        """A picture was made in this lap. The first one takes longer: the model is compiled and the graph laid out."""
        taken = self.lap()
        self._last = self._since
        if first:
            self.once += taken
        else:
            self.pictures, self.longest = self.pictures + taken, taken

    def may_draw(self) -> bool:
        return self.pictures + self.longest <= LIVE * self.training and perf_counter() - self._last >= PAUSE

    def left(self) -> float:
        """The seconds that the film at the end may take."""
        return max(FILM, SHARE * self.training - self.pictures - self.once)

// The editor for Python; the build bundles it with CodeMirror, whose parts come with its package, into vendor/editor.js.
import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup, EditorView } from "codemirror";

// Colours are the page's own variables, so that light and dark need nothing here.
const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--page)", fontSize: "14px", height: "100%" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--muted)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--focus) 9%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection":
    { backgroundColor: "color-mix(in srgb, var(--focus) 32%, transparent)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--good) 28%, transparent)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-wrong": { backgroundColor: "color-mix(in srgb, var(--bad) 22%, transparent)" },
});
const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null, tags.self], color: "var(--bad)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.definition(tags.variableName), tags.function(tags.variableName), tags.className], fontWeight: "600" },
]);

const mark = StateEffect.define(); // the number of a wrong line, or null
const wrongLine = StateField.define({
  create: () => Decoration.none,
  update(lines, { effects, docChanged, state }) {
    for (const effect of effects) {
      if (!effect.is(mark)) continue;
      if (effect.value === null) return Decoration.none;
      const { from } = state.doc.line(Math.min(effect.value, state.doc.lines));
      return Decoration.set([Decoration.line({ class: "cm-wrong" }).range(from)]);
    }
    return docChanged ? Decoration.none : lines;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** An editor inside `parent`, called `label`; `changed()` is called at each change, `run()` at Ctrl+Enter. */
export function editorIn(parent, { text, label, changed, run }) {
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }]),
      basicSetup,
      keymap.of([indentWithTab]), // Escape, then Tab, leaves the editor
      python(),
      indentUnit.of("    "),
      look,
      syntaxHighlighting(highlighting),
      wrongLine,
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      EditorView.updateListener.of((update) => update.docChanged && changed()),
    ],
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    /** Mark line `number` as wrong and show it, or mark none. */
    mark(number) {
      view.dispatch({ effects: mark.of(number) });
      if (number) view.dispatch({ effects: EditorView.scrollIntoView(view.state.doc.line(Math.min(number, view.state.doc.lines)).from, { y: "nearest", yMargin: 40 }) });
    },
  };
}

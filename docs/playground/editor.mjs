// The editor for Python; the build bundles it with CodeMirror into vendor/editor.js.
export { basicSetup, EditorView } from "codemirror";
export { python } from "@codemirror/lang-python";

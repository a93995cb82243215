"""The reference has every public name, described, with links that lead somewhere."""

import inspect
from importlib import import_module

import pytest

import micrograd
from docs.manual import docstrings, entries, links, mentions, reference, signatures
from docs.manual.public import DATA, PAGES, exported, is_callable, members, names, own_doc

NAMES = {public.path: public for public in names()}
ROOMS = [name for name in micrograd._ROOMS if name not in ("cli", "text")]


def test_every_room_of_the_package_has_a_page():
    described = {module for modules in PAGES.values() for module in modules}
    assert {f"micrograd.{room}" for room in ROOMS} <= described


@pytest.mark.parametrize("module", ["micrograd", *(f"micrograd.{room}" for room in ROOMS)])
def test_every_exported_name_has_an_entry(module):
    things = [public.thing for public in names()]
    for name in exported(import_module(module)):
        thing = getattr(import_module(module), name)
        assert inspect.ismodule(thing) or any(thing is other for other in things), name


def test_the_front_door_is_described_whole():
    assert {f"micrograd.{name}" for name in micrograd.__all__} <= set(NAMES)
    assert {f"micrograd.{name}" for name in ("compile", "max", "min", "abs")} <= set(NAMES)


@pytest.mark.parametrize("path", NAMES)
def test_every_name_has_a_docstring_that_ends_its_first_sentence(path):
    doc = NAMES[path].doc
    assert doc and docstrings.first_sentence(doc)
    assert path in DATA or doc != inspect.getdoc(type(NAMES[path].thing)), "the docstring of its type"


@pytest.mark.parametrize("path", [path for path in NAMES if NAMES[path].is_class])
def test_methods_and_properties_are_described(path):
    """By a docstring, by the table of names in that of the class, or by a class that has an entry."""
    public = NAMES[path]
    above = [other for other in names() if other.is_class and other.thing in public.thing.__mro__[1:]]
    inherited = {name for other in above for name, _ in members(other)}
    for name, member in members(public):
        if is_callable(member) or isinstance(member, property):
            assert own_doc(member) or name in inherited or name in public.doc, f"{path}.{name}"


def test_every_page_names_all_that_is_on_it():
    pages = reference.pages()
    for public in names():
        assert f":module: {public.module}\n" in pages[public.page] and f"}} {public.name}" in pages[public.page]
    assert all(page.startswith("# ") and " at 0x" not in page for page in pages.values())


def test_signatures_are_readable():
    for public in names():
        if public.path not in DATA:
            text = signatures.signature(public.thing)
            assert not any(word in text for word in ("'Any'", "<module", "<function", "typing.")), public.path
    assert signatures.signature(micrograd.grad) == "(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]"
    assert signatures.signature(micrograd.taylor) == "(f: Callable[[Any], Any], x, n: int)"
    number = "float | micrograd.Value"
    assert signatures.signature(micrograd.mean) == f"(values: Iterable[{number}]) -> {number}"


def test_a_docstring_as_markdown():
    text = """Compute *this* of `Value`, <b>.

    data, grad  what `x` is,
                and more
    k           2 * 3

    >>> f(2)
    4

        out = g(
            x)

        print(out)
    """
    assert docstrings.markdown(inspect.cleandoc(text)) == "\n\n".join(
        [
            r"Compute \*this\* of `Value`, \<b>.",
            "`data`, `grad`\n: what `x` is, and more",
            "`k`\n: 2 \\* 3",
            "```pycon\n>>> f(2)\n4\n```",
            "```python\nout = g(\n    x)\n\nprint(out)\n```",
        ]
    )


def test_inline_code_leads_to_the_entry_of_its_name():
    assert entries.linked("MLP") == "{py:obj}`MLP <micrograd.nn.MLP>`"
    assert entries.linked("losses.mse") == "{py:obj}`losses.mse <micrograd.losses.mse>`"
    assert entries.linked("backward()") == "{py:obj}`backward() <micrograd.Value.backward>`"
    assert entries.linked("grad", here="micrograd.grad") == "`grad`"
    assert entries.linked("x ** k") == "`x ** k`"


def test_the_first_mention_of_a_name_is_a_link():
    text = "# `MLP`\n`MLP`, `MLP`, `grad`, [`Layer`](x.md), `draw(loss)`, `losses.mse`, "
    text += "`x < 1`\n```\n`Value`\n```\n`Value`"
    linked = mentions.link_mentions(text, set())
    for code, path in {"draw(loss)": "draw", "losses.mse": "losses.mse", "Value": "Value"}.items():
        assert f"{{py:obj}}`{code} <micrograd.{path}>`" in linked
    assert linked.startswith("# `MLP`\n{py:obj}`MLP <micrograd.nn.MLP>`, `MLP`, `grad`, [`Layer`](x.md), ")
    assert "`x < 1`\n```\n`Value`\n```\n" in linked


def test_links_between_files_become_links_between_pages():
    def page(text):
        return links.rewritten(text, "docs/decisions/ratios.md", "decisions/ratios.md")

    assert page("[a](../../benchmarks/RESULTS.md#x)") == "[a](../speed.md#x)"
    assert page("[`b`](../../micrograd/ops.py)") == '<a href="../source/micrograd/ops.py.html">`b`</a>'
    assert page("[c](../../micrograd/nn)") == '<a href="../source/micrograd/nn/index.html">c</a>'
    assert page("[d](https://example.org) [e](#here)") == "[d](https://example.org) [e](#here)"
    assert page("```\n[f](nowhere)\n```") == "```\n[f](nowhere)\n```"
    with pytest.raises(ValueError, match="links nowhere.md, which does not exist"):
        page("[g](nowhere.md)")


def test_every_link_of_every_document_leads_somewhere():
    found = [path.relative_to(links.ROOT).as_posix() for path in links.ROOT.glob("docs/**/*.md")]
    documents = {
        path: page for path in [*links.DOCUMENTS, *found] if path.endswith(".md") and (page := links.page_of(path))
    }
    assert len(documents) > 25
    for path, page in documents.items():
        links.rewritten((links.ROOT / path).read_text(encoding="utf-8"), path, page)

"""What stands on paper: the glyphs that a PDF draws, and of which of its own fonts they are."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream


def drawn(paper: bytes) -> dict[str, set[int]]:
    """By embedded font's name (without the subset's mark) the glyphs that the pages draw of it.

    Glyph 0 is the box that stands where a font has nothing. Fonts are of the composite kind, with two bytes
    for each glyph (``Identity-H``), as Typst writes them; any other, or one that is not embedded, fails.
    """
    found: dict[str, set[int]] = {}
    reader = PdfReader(BytesIO(paper))
    for page in reader.pages:
        fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
        name = ""
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator == b"Tf":
                font = fonts[operands[0]].get_object()
                assert (font["/Subtype"], font["/Encoding"]) == ("/Type0", "/Identity-H")
                descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
                assert {"/FontFile2", "/FontFile3"} & set(descriptor), "the font is not in the file"
                name = str(font["/BaseFont"]).lstrip("/").partition("+")[2]
            elif operator in (b"Tj", b"TJ"):
                parts = operands[0] if operator == b"TJ" else operands
                texts = [part.original_bytes for part in parts if hasattr(part, "original_bytes")]
                for text in texts:
                    pairs = zip(text[::2], text[1::2], strict=True)
                    found.setdefault(name, set()).update(high << 8 | low for high, low in pairs)
    return found

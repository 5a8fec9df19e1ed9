"""Drives `recto lsp` with the client of pygls: once as a client that diagnostics are sent to, once as one that asks.

Usage: pygls_client.py PATH_OF_RECTO
"""

import asyncio
import pathlib
import sys
import tempfile

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

TEXT = "# Tides\n\nThe the sea recieves the river.\n\nIt doesnâ€™t matter.\n"


async def drive(recto: str, folder: pathlib.Path, pulls: bool) -> None:
    client = LanguageClient("recto-test", "1")
    pushed: list[lsp.PublishDiagnosticsParams] = []
    arrived = asyncio.Event()

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def _(params: lsp.PublishDiagnosticsParams) -> None:
        pushed.append(params)
        if len(params.diagnostics) == 3:
            arrived.set()

    await client.start_io(recto, "lsp")
    document = lsp.TextDocumentClientCapabilities(
        diagnostic=lsp.DiagnosticClientCapabilities() if pulls else None,
        code_action=lsp.CodeActionClientCapabilities(
            code_action_literal_support=lsp.ClientCodeActionLiteralOptions(
                code_action_kind=lsp.ClientCodeActionKindOptions(value_set=[lsp.CodeActionKind.QuickFix])
            )
        ),
    )
    result = await client.initialize_async(
        lsp.InitializeParams(
            process_id=None,
            root_uri=folder.as_uri(),
            capabilities=lsp.ClientCapabilities(text_document=document),
        )
    )
    assert result.server_info is not None and result.server_info.name == "recto", result.server_info
    client.initialized(lsp.InitializedParams())
    path = folder / "a.md"
    client.text_document_did_open(
        lsp.DidOpenTextDocumentParams(
            text_document=lsp.TextDocumentItem(uri=path.as_uri(), language_id="markdown", version=1, text=TEXT)
        )
    )
    name = lsp.TextDocumentIdentifier(uri=path.as_uri())
    if pulls:
        report = await client.text_document_diagnostic_async(lsp.DocumentDiagnosticParams(text_document=name))
        found = report.items
        assert not pushed, pushed
    else:
        await asyncio.wait_for(arrived.wait(), 60)
        found = pushed[-1].diagnostics
    codes = sorted(str(one.code) for one in found)
    assert codes == ["misspelling", "mojibake", "repeated-word"], codes
    assert all(one.source == "recto" and one.code_description for one in found), found
    actions = await client.text_document_code_action_async(
        lsp.CodeActionParams(
            text_document=name,
            range=lsp.Range(lsp.Position(2, 14), lsp.Position(2, 14)),
            context=lsp.CodeActionContext(diagnostics=[]),
        )
    )
    assert any("receives" in action.title for action in actions), actions
    hover = await client.text_document_hover_async(
        lsp.HoverParams(text_document=name, position=lsp.Position(2, 14))
    )
    assert "misspelling" in hover.contents.value, hover
    await client.shutdown_async(None)
    client.exit(None)
    print(f"{'pull' if pulls else 'push'}: {len(pushed)} sent, {len(found)} findings, {len(actions)} actions")
    await client.stop()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "a.md").write_text(TEXT, encoding="utf-8")
        for pulls in (False, True):
            asyncio.run(asyncio.wait_for(drive(sys.argv[1], pathlib.Path(folder), pulls), 120))


main()

"""`bulksms completion`: prints the script by which a shell completes commands and names."""

import click

from bulksms.cli.options.click_options import GroupedCommand
from bulksms.cli.terminal.streams import echo

__all__ = ["command"]

COMPLETE_VARIABLE = "_BULKSMS_COMPLETE"  # click's own name for a program of this name
SHELLS = ("bash", "zsh", "fish", "powershell")
EXAMPLES = (
    "bulksms completion bash > ~/.local/share/bash-completion/completions/bulksms",
    'bulksms completion zsh > "${fpath[1]}/_bulksms"',
    "bulksms completion fish > ~/.config/fish/completions/bulksms.fish",
    "bulksms completion powershell | Out-String | Invoke-Expression",
)


@click.command("completion", cls=GroupedCommand, examples=EXAMPLES)
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script of bash, zsh, fish or powershell."""
    from click.shell_completion import get_completion_class

    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    root = ctx.find_root()
    echo(completion(root.command, {}, "bulksms", COMPLETE_VARIABLE).source())

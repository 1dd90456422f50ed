package dev.weir.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code weir completion}: prints what a shell reads to complete verbs and options of all commands. */
final class CompletionCommand implements Callable<Integer> {
    /** The shells that can be served. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("completion");
    private final Streams streams;

    CompletionCommand(Streams streams) {
        this.streams = streams;
        spec.usageMessage()
                .description(
                        "Prints a script that has a shell complete weir's commands and options.",
                        "",
                        "bash: source <(weir completion bash)",
                        "zsh: source <(weir completion zsh), after compinit",
                        "fish: weir completion fish | source")
                .sortOptions(false)
                .synopsisHeading("Usage: ")
                .optionListHeading("%nOptions:%n")
                .footerHeading("%nExample:%n")
                .footer("  weir completion bash > ~/.local/share/bash-completion/completions/weir");
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("SHELL")
                .arity("1")
                .required(true)
                .type(Shell.class)
                .description("bash, zsh or fish.")
                .build());
        spec.addOption(TrackSyntax.flag("Show this help.", "-h", "--help")
                .usageHelp(true)
                .build());
    }

    CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() {
        Shell shell = spec.positionalParameters().getFirst().getValue();
        CommandLine weir = spec.commandLine().getParent();
        String script = switch (shell) {
            case BASH -> AutoComplete.bash("weir", weir);
            case ZSH -> "autoload -U +X bashcompinit && bashcompinit\n" + AutoComplete.bash("weir", weir);
            case FISH -> new FishCompletion(weir.getCommandSpec()).script();
        };
        PrintStream out = new PrintStream(streams.out(), false, StandardCharsets.UTF_8);
        out.print(script.endsWith("\n") ? script : script + "\n");
        out.flush();
        return CommandException.DONE;
    }
}

package dev.weir.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A word that wants another one after it. */
public final class CommandGroup implements Callable<Integer> {
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    private CommandGroup() {}

    /** The syntax of such a word, as yet without those that may follow. */
    public static CommandSpec named(String name, String description, String... examples) {
        CommandSpec spec = new CommandGroup().spec.name(name);
        spec.usageMessage()
                .description(description)
                .sortOptions(false)
                .synopsisHeading("Usage: ")
                .synopsisSubcommandLabel("VERB")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nVerbs:%n")
                .footerHeading(examples.length == 1 ? "%nExample:%n" : "%nExamples:%n")
                .footer(examples);
        return spec;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "no verb given");
    }
}

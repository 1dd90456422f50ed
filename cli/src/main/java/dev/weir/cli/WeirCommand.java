package dev.weir.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The root: help, version, and what to say when no command is given. */
final class WeirCommand implements Callable<Integer> {
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("weir");

    WeirCommand() {
        spec.versionProvider(new Version());
        spec.usageMessage()
                .description("A programmable, stateful flow table: packets in, flows out.")
                .synopsisSubcommandLabel("COMMAND")
                .commandListHeading("%nCommands:%n")
                .footerHeading("%nExample:%n")
                .footer("  weir track capture.pcap");
        spec.addOption(TrackSyntax.flag("Show this help.", "-h", "--help")
                .usageHelp(true)
                .build());
        spec.addOption(TrackSyntax.flag("Show the version.", "--version")
                .versionHelp(true)
                .build());
    }

    CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }

    /** The version that the build wrote into the jar. */
    private static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "weir " + (version == null ? "(not built as a jar)" : version) + ", Java " + Runtime.version()
            };
        }
    }
}

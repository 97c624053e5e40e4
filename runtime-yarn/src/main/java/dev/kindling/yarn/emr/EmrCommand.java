package dev.kindling.yarn.emr;

import dev.kindling.driver.cli.CliCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kindling emr}: the commands by which programs run on EMR. Sends no request. */
@Command(
        name = "emr",
        description = "Prints the aws commands that make a cluster on EMR, run a program on it and remove it.",
        mixinStandardHelpOptions = true,
        subcommands = {EmrCluster.class, EmrStep.class, EmrCleanup.class})
public final class EmrCommand implements CliCommand {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "no command given; use one of cluster, step, cleanup");
    }
}

package dev.kindling.driver.cli;

import dev.kindling.api.KindlingContext;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The command {@code kindling}. Exit codes: 0 done, 1 the job or the program failed, 2 called wrongly; a program's own
 * {@code System.exit} passes through.
 */
@Command(
        name = "kindling",
        description = "Runs data-parallel Java programs on one machine or many.",
        versionProvider = Main.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Start with: kindling demo"})
public final class Main implements Runnable {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int CALLED_WRONGLY = 2;

    private static volatile List<String> arguments = List.of();

    @Spec
    private CommandSpec spec;

    Main() {}

    /** Runs the command and ends the JVM, but not before threads that a submitted program left running. */
    public static void main(String[] args) {
        CliLogging.choose();
        int exitCode = run(args);
        System.out.flush();
        if (exitCode != DONE || !isSubmit(args)) {
            System.exit(exitCode);
        }
    }

    /** Runs the command without ending the JVM; its exit code. */
    public static int run(String... args) {
        arguments = List.of(args);
        return commandLine(args).execute(args);
    }

    /** As this process got them. */
    static List<String> arguments() {
        return arguments;
    }

    /**
     * With the command that the arguments begin with, or with all: reading the annotations of every command takes longer
     * than starting Java.
     */
    static CommandLine commandLine(String... args) {
        CommandLine line = new CommandLine(new Main());
        Map<String, Supplier<?>> own = ownCommands();
        if (args.length > 0 && own.containsKey(args[0])) {
            line.addSubcommand(own.get(args[0]).get());
            if (args[0].equals("doctor")) {
                addCommandsOfOthers(line, args[0]);
            }
        } else {
            // Loops, for the reason of Handlers.
            for (Supplier<?> command : own.values()) {
                line.addSubcommand(command.get());
            }
            addCommandsOfOthers(line, "");
        }
        CommandLine submit = line.getSubcommands().get("submit");
        if (submit != null) {
            // What follows the jar is the program's own.
            submit.setStopAtPositional(true);
        }
        Handlers handlers = new Handlers();
        line.setParameterExceptionHandler(handlers);
        line.setExecutionStrategy(handlers);
        line.setExecutionExceptionHandler(handlers);
        return line;
    }

    /** Those that are parts of this command; all that stand alone if there is none. */
    private static void addCommandsOfOthers(CommandLine line, String parent) {
        CommandLine to = parent.isEmpty() ? line : line.getSubcommands().get(parent);
        for (CliCommand command : ServiceLoader.load(CliCommand.class, Main.class.getClassLoader())) {
            if (command.parent().equals(parent)) {
                to.addSubcommand(command);
            }
        }
    }

    /** One line: what is wrong, what would be right, where to read more. */
    private static int onWrongCall(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        if (failure instanceof CommandLine.UnmatchedArgumentException && command.getParent() == null) {
            err.println("kindling: there is no command or option '" + args[0] + "'; use one of "
                    + String.join(", ", commandNames(command)));
            return CALLED_WRONGLY;
        }
        String message = failure.getMessage().lines().map(String::strip).collect(Collectors.joining(" "));
        if (failure instanceof CommandLine.UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                message += "; did you mean "
                        + String.join(" or ", suggestions.subList(0, Math.min(3, suggestions.size()))) + "?";
            }
        }
        err.println("kindling: " + decapitalized(message) + "; see "
                + command.getCommandSpec().qualifiedName() + " --help");
        return CALLED_WRONGLY;
    }

    private static Map<String, Supplier<?>> ownCommands() {
        Map<String, Supplier<?>> commands = new LinkedHashMap<>();
        commands.put("demo", DemoCommand::new);
        commands.put("submit", SubmitCommand::new);
        commands.put("status", StatusCommand::new);
        commands.put("kill", KillCommand::new);
        commands.put("config", ConfigCommand::new);
        commands.put("story", StoryCommand::new);
        commands.put("page", PageCommand::new);
        commands.put("replay", ReplayCommand::new);
        commands.put("runs", RunsCommand::new);
        commands.put("sim", SimCommand::new);
        commands.put("doctor", DoctorCommand::new);
        commands.put("aws", AwsCommand::new);
        commands.put("train", TrainCommand::new);
        return commands;
    }

    private static List<String> commandNames(CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .filter(entry ->
                        !entry.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String decapitalized(String message) {
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    private static boolean isSubmit(String[] args) {
        return args.length > 0 && args[0].equals("submit");
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "no command given; use one of " + String.join(", ", commandNames(spec.commandLine())));
    }

    /** A class and no lambdas: a lambda of an interface as old as picocli's keeps both out of the quick-start archive. */
    private static final class Handlers
            implements IParameterExceptionHandler, IExecutionStrategy, IExecutionExceptionHandler {
        @Override
        public int handleParseException(ParameterException failure, String[] args) {
            return onWrongCall(failure, args);
        }

        @Override
        public int execute(ParseResult parsed) {
            CliLogging.setVerbose(false);
            return new CommandLine.RunLast().execute(parsed);
        }

        @Override
        public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
            return Failures.report(failure, command.getErr());
        }
    }

    /** The version of the jars and of Java. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = KindlingContext.class.getPackage().getImplementationVersion();
            return new String[] {
                "Kindling " + (version == null ? "dev" : version) + " (Java " + System.getProperty("java.version") + ")"
            };
        }
    }
}

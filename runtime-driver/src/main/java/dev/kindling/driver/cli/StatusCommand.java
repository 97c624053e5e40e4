package dev.kindling.driver.cli;

import dev.kindling.event.EventLog;
import dev.kindling.event.StatusFold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kindling status}: applications started with {@code --deploy-mode cluster}, one of them, or an event log. */
@Command(
        name = "status",
        description =
                "Tells how applications started with --deploy-mode cluster --detach are doing, or how the one of an"
                        + " event log did; see kindling.eventlog.dir.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "APP|LOG", description = "One application, or a log's file. Default: all")
    private String id;

    @Override
    public Integer call() throws IOException {
        if (id != null && Files.isRegularFile(Path.of(id))) {
            StatusReport.lines(StatusFold.of(EventLog.read(Path.of(id)))).forEach(System.out::println);
            return Main.DONE;
        }
        List<DetachedApplication> applications =
                id == null ? DetachedApplication.all() : List.of(DetachedApplication.named(id));
        if (applications.isEmpty()) {
            System.err.println("no application was started with --deploy-mode cluster --detach");
        }
        for (DetachedApplication application : applications) {
            System.out.println(line(application));
        }
        if (id != null) {
            System.out.println("  command   " + applications.get(0).command());
            System.out.println("  output    " + applications.get(0).directory().resolve("out"));
            System.out.println("  messages  " + applications.get(0).directory().resolve("err"));
        }
        return Main.DONE;
    }

    private static String line(DetachedApplication application) throws IOException {
        DetachedApplication.State state = application.state();
        Duration age = Duration.between(
                Files.getLastModifiedTime(application.directory().resolve("command"))
                        .toInstant(),
                Instant.now());
        String detail = state == DetachedApplication.State.RUNNING
                ? application.progress()
                : state == DetachedApplication.State.LOST
                        ? "no exit code"
                        : "exit code " + application.exitCode().getAsInt();
        return "%s  %-9s  started %d s ago  %s"
                .formatted(application.id(), state.name().toLowerCase(Locale.ROOT), age.toSeconds(), detail)
                .stripTrailing();
    }
}

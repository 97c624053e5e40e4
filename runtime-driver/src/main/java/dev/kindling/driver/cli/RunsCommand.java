package dev.kindling.driver.cli;

import dev.kindling.event.AppStatus;
import dev.kindling.event.EventLog;
import dev.kindling.event.StatusFold;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kindling runs}: the last runs whose event logs and pages were kept. */
@Command(
        name = "runs",
        description = {
            "Lists the last runs of demo and submit, the latest first: their ids are good for kindling page and story,",
            "and the page of each is kept as ID.html.",
            "How many are kept says kindling.runs.kept; 0 keeps none."
        },
        mixinStandardHelpOptions = true)
final class RunsCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        Path directory = KeptRuns.directory();
        List<Path> logs = KeptRuns.all(directory);
        if (logs.isEmpty()) {
            System.err.println("no run is kept in " + directory);
        }
        for (Path log : logs) {
            System.out.println(line(log));
        }
        if (!logs.isEmpty()) {
            System.err.println("their pages are in " + directory);
        }
        return Main.DONE;
    }

    private static String line(Path log) throws IOException {
        StatusFold fold = new StatusFold();
        EventLog.read(log, fold::onEvent);
        AppStatus status = fold.status();
        boolean isFailed = status.jobs().stream().anyMatch(job -> job.state() == AppStatus.State.FAILED);
        String state = status.endedMs() < 0 ? "no end in the log" : isFailed ? "a job failed" : "succeeded";
        long tookMs = Math.max(0, (status.endedMs() < 0 ? status.updatedMs() : status.endedMs()) - status.startedMs());
        return "%s  %-18s  %10s  %8s  %s"
                .formatted(
                        EventLog.applicationIdOf(log),
                        state,
                        Durations.format(tookMs),
                        ByteSizes.format(Files.size(log)),
                        status.name());
    }
}

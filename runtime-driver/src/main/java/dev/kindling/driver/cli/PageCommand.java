package dev.kindling.driver.cli;

import dev.kindling.driver.page.PageModel;
import dev.kindling.driver.page.Run;
import dev.kindling.driver.page.RunFold;
import dev.kindling.event.EventLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kindling page}: a run as one HTML file, from its event log, or what changed between two. */
@Command(
        name = "page",
        description = {
            "Writes one HTML file that shows a run: what took the time, stages, tasks, shuffles, memory, failures.",
            "Of two runs it shows the second and what changed since the first, by stage.",
            "A run is an event log, the id of a run that was kept (see kindling runs), or its beginning, or: last."
        },
        mixinStandardHelpOptions = true)
final class PageCommand implements Callable<Integer> {
    @Parameters(arity = "1..2", paramLabel = "RUN", description = "One run, or two to compare.")
    private List<String> runs;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write it. Default: the run's id and .html, in this directory")
    private Path output;

    @Override
    public Integer call() throws IOException {
        if (runs.size() > 2) {
            throw new UsageError("page: it shows one run or compares two runs, not " + runs.size());
        }
        List<Run> read =
                runs.stream().map(KeptRuns::logOf).map(PageCommand::runOf).toList();
        Run shown = read.get(read.size() - 1);
        PageModel model = read.size() == 1 ? PageModel.of(shown) : PageModel.comparing(read.get(0), shown);
        String id = shown.status().applicationId();
        Path file = output != null ? output : Path.of((id.isEmpty() ? "run" : id) + ".html");
        PageFile.write(model, file);
        System.out.println("written to " + file);
        return Main.DONE;
    }

    private static Run runOf(Path log) {
        RunFold fold = new RunFold();
        EventLog.read(log, fold::onEvent);
        return fold.run();
    }
}

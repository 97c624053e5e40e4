package dev.kindling.driver.cli;

import dev.kindling.event.AppStory;
import dev.kindling.event.EventLog;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kindling story}: what happened in an application, in sentences, from its event log. */
@Command(
        name = "story",
        description = "Tells from an event log what happened, why, and what it cost; see kindling.eventlog.dir.",
        mixinStandardHelpOptions = true)
final class StoryCommand implements Callable<Integer> {
    @Parameters(arity = "1", paramLabel = "LOG", description = "The file, such as 20261122-120000-abcdef.events.jsonl.")
    private Path log;

    @Override
    public Integer call() {
        RunOptions.requireFile("story", log);
        AppStory.tell(EventLog.read(log)).forEach(System.out::println);
        return Main.DONE;
    }
}

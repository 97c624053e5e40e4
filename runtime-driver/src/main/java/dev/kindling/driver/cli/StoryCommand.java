package dev.kindling.driver.cli;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.event.AppStory;
import dev.kindling.event.EventLog;
import dev.kindling.event.StorySubject;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kindling story}: what happened in an application, in sentences, from its event log. */
@Command(
        name = "story",
        description = "Tells from an event log what happened, why, and what it cost; see kindling.eventlog.dir.",
        mixinStandardHelpOptions = true)
final class StoryCommand implements Callable<Integer> {
    @Parameters(arity = "1", paramLabel = "LOG", description = "The file, such as 20261122-120000-abcdef.events.jsonl.")
    private Path log;

    @Option(
            names = "--subject",
            paramLabel = "KIND:NAME",
            description = "Only of one thing, attempt by attempt: " + StorySubject.FORMS + ".")
    private String subject;

    @Override
    public Integer call() {
        RunOptions.requireFile("story", log);
        (subject == null ? AppStory.tell(EventLog.read(log)) : storyOf(subject)).forEach(System.out::println);
        return Main.DONE;
    }

    private List<String> storyOf(String wanted) {
        try {
            StorySubject parsed = StorySubject.parse(wanted);
            return AppStory.tell(EventLog.read(log), parsed);
        } catch (KindlingException e) {
            if (e.code() != ErrorCode.BAD_ARGUMENT) {
                throw e;
            }
            throw new UsageError("--subject: " + e.getMessage());
        }
    }
}

package dev.kindling.driver.cli;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.event.AppStory;
import dev.kindling.event.EventLog;
import dev.kindling.event.StorySubject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kindling story}: what happened in an application, in sentences, from its event log. */
@Command(
        name = "story",
        description = "Tells from an event log what happened in a run, why, and what it cost.",
        mixinStandardHelpOptions = true)
final class StoryCommand implements Callable<Integer> {
    @Parameters(
            arity = "1",
            paramLabel = "RUN",
            description =
                    "An event log, such as 20261122-120000-abcdef.events.jsonl, the id of a kept run (see kindling"
                            + " runs), or its beginning, or: last.")
    private String run;

    @Option(
            names = "--subject",
            paramLabel = "KIND:NAME",
            description = "Only of one thing, attempt by attempt: " + StorySubject.FORMS + ".")
    private String subject;

    @Override
    public Integer call() {
        Optional<StorySubject> wanted =
                Optional.ofNullable(subject).map(text -> orWrong(() -> StorySubject.parse(text)));
        List<Event> events = EventLog.read(KeptRuns.logOf(run));
        wanted.map(only -> orWrong(() -> AppStory.tell(events, only)))
                .orElseGet(() -> AppStory.tell(events))
                .forEach(System.out::println);
        return Main.DONE;
    }

    private static <T> T orWrong(Supplier<T> asked) {
        try {
            return asked.get();
        } catch (KindlingException e) {
            if (e.code() != ErrorCode.BAD_ARGUMENT) {
                throw e;
            }
            throw new UsageError("--subject: " + e.getMessage());
        }
    }
}

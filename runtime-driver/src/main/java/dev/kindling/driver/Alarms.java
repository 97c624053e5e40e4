package dev.kindling.driver;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.protocol.AttemptId;
import dev.kindling.util.Durations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes to the log what somebody should look at while the application runs. Owned by {@code driver-loop}. */
final class Alarms {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);

    private final RecentEvents recent = new RecentEvents();

    void heard(Event event) {
        recent.add(event);
        if (event instanceof Event.TaskStuck stuck) {
            LOG.warn(
                    "attempt {} was cancelled {} ms ago and goes on, for its function ignores interrupts: {}. It is"
                            + " here:\n{}",
                    new AttemptId(stuck.stageId(), stuck.partition(), stuck.attempt()),
                    stuck.sinceMs(),
                    stuck.isReplaced()
                            ? "its executor " + stuck.executor() + " is replaced, other tasks of it run again"
                            : "it keeps one core of executor " + stuck.executor() + " busy until it ends by itself",
                    stuck.stack());
        } else if (event instanceof Event.NothingMoved stall) {
            LOG.warn(
                    "nothing has moved for {}{}; the story so far:\n{}",
                    Durations.format(stall.sinceMs()),
                    stall.isGivenUp()
                            ? ", so the jobs are given up (kindling.job.noProgressTimeoutMs)"
                            : "; when this goes on for as long again, the jobs are given up"
                                    + " (kindling.job.noProgressTimeoutMs)",
                    recent.story());
        } else if (event instanceof Event.TaskStack seen) {
            LOG.warn(
                    "attempt {} on executor {} is here:\n{}",
                    new AttemptId(seen.stageId(), seen.partition(), seen.attempt()),
                    seen.executor(),
                    seen.stack());
        }
    }
}

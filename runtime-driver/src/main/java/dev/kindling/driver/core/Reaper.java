package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.Frame;
import java.util.Optional;

/**
 * Decides what becomes of an executor in which an attempt goes on although it was interrupted. Only the end of its
 * process frees such an attempt's slot: the executor is replaced, and what else ran there runs again, uncharged. An
 * executor that shares its process with the driver stays, and the slot stays taken; that is said once.
 *
 * <p>Reports come again and again until the attempt or its process ends, so none of them needs to arrive. Whether the
 * driver still knows the attempt does not matter: the executor says that it holds a slot.
 */
final class Reaper {
    private final SchedulingSettings settings;
    private final Outbox out;

    Reaper(SchedulingSettings settings, Outbox out) {
        this.settings = settings;
        this.out = out;
    }

    /** Why the executor is to be replaced; empty when it may stay. */
    Optional<String> stuck(ExecutorState executor, Frame.AttemptStuck report) {
        boolean isDue = settings.stuckLimitMs() > 0 && report.sinceMs() >= settings.stuckLimitMs();
        if (!isDue || !executor.noteStuck(report.attempt())) {
            return Optional.empty();
        }
        boolean isReplaced = settings.canReplaceStuck();
        AttemptId id = report.attempt();
        out.emit(new Event.TaskStuck(
                out.time(),
                id.stageId(),
                id.partition(),
                id.attempt(),
                executor.id,
                report.sinceMs(),
                report.stack(),
                isReplaced));
        return isReplaced
                ? Optional.of("attempt " + report.attempt() + " was cancelled " + report.sinceMs()
                        + " ms ago and ignores interrupts; only the end of its process frees its slot")
                : Optional.empty();
    }
}

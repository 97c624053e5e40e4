package dev.kindling.event;

import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;

/** Which method of a listener is about which event, and which events come in large numbers. */
final class EventKinds {
    private EventKinds() {}

    /** Events of which a large job makes millions, and of which one more or less changes little. */
    static boolean isOneOfMany(Event event) {
        return event instanceof Event.TaskStart
                || event instanceof Event.TaskEnd
                || event instanceof Event.BlockUpdated
                || event instanceof Event.Spilled
                || event instanceof Event.ExecutorUsage;
    }

    /** Calls the listener's method for this kind, if there is one. */
    static void tell(KindlingListener listener, Event event) {
        if (event instanceof Event.TaskStart e) {
            listener.onTaskStart(e);
        } else if (event instanceof Event.TaskEnd e) {
            listener.onTaskEnd(e);
        } else if (event instanceof Event.StageSubmitted e) {
            listener.onStageSubmitted(e);
        } else if (event instanceof Event.StageCompleted e) {
            listener.onStageCompleted(e);
        } else if (event instanceof Event.JobStart e) {
            listener.onJobStart(e);
        } else if (event instanceof Event.JobEnd e) {
            listener.onJobEnd(e);
        } else if (event instanceof Event.ExecutorAdded e) {
            listener.onExecutorAdded(e);
        } else if (event instanceof Event.ExecutorRemoved e) {
            listener.onExecutorRemoved(e);
        } else if (event instanceof Event.ApplicationStart e) {
            listener.onApplicationStart(e);
        } else if (event instanceof Event.ApplicationEnd e) {
            listener.onApplicationEnd(e);
        }
    }
}

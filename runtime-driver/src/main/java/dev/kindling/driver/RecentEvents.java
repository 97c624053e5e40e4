package dev.kindling.driver;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.event.AppStory;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The latest events that a story tells one by one, for when nothing moves any more: attempts that simply ran are left
 * out, so that a task costs a comparison here and no memory. Owned by {@code driver-loop}.
 */
final class RecentEvents {
    private static final int KEPT = 400;

    private final ArrayDeque<Event> events = new ArrayDeque<>();

    void add(Event event) {
        if (event instanceof Event.TaskStart
                || event instanceof Event.TaskEnd end && end.outcome() instanceof Outcome.Success
                || event instanceof Event.BlockUpdated) {
            return;
        }
        if (events.size() == KEPT) {
            events.remove();
        }
        events.add(event);
    }

    /** What they tell, a line each. */
    String story() {
        return String.join("\n", AppStory.tell(List.copyOf(events)));
    }
}

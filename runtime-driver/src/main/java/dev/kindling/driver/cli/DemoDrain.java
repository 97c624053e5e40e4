package dev.kindling.driver.cli;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Has one executor leave once map outputs lie on it and tasks of a later stage run, and sees what becomes of it. Hears
 * events on its thread of the event bus; the rest is for the program's thread.
 */
final class DemoDrain implements KindlingListener {
    private static final long WITHIN_MS = 60_000;

    private final Terminal terminal;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile KindlingContext kindling;
    private int completedStages;
    private volatile String leaving = "";
    private volatile String howItLeft = "";
    private volatile boolean hasLostOutputs;

    DemoDrain(Terminal terminal) {
        this.terminal = terminal;
    }

    void begin(KindlingContext context) {
        kindling = context;
    }

    @Override
    public void onEvent(Event event) {
        if (event instanceof Event.StageCompleted) {
            completedStages++;
        } else if (event instanceof Event.TaskStart e && completedStages > 0 && leaving.isEmpty()) {
            leaving = e.executor();
            terminal.say("drain: executor " + leaving + " shall leave while stage " + e.stageId() + " runs");
            kindling.decommissionExecutor(leaving, WITHIN_MS);
        } else if (event instanceof Event.MapOutputsLost) {
            hasLostOutputs = true;
        } else if (event instanceof Event.ExecutorRemoved e && e.id().equals(leaving)) {
            howItLeft = e.reason().toString();
            end.countDown();
        }
    }

    /** Until it has left, or its time is over; at once when the job was over before anybody could leave. */
    void await() {
        try {
            if (!leaving.isEmpty() && !end.await(2 * WITHIN_MS, TimeUnit.MILLISECONDS)) {
                howItLeft = "it is still there";
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String outcome() {
        return leaving.isEmpty()
                ? "the job was over before an executor could leave"
                : "executor " + leaving + ": " + howItLeft
                        + (hasLostOutputs ? "; map outputs were lost" : "; no map output was lost");
    }

    boolean hasLostNothing() {
        return end.getCount() == 0 && !hasLostOutputs;
    }
}

package dev.kindling.metrics;

import java.util.Optional;
import jdk.jfr.FlightRecorder;

/**
 * Begins events of the JDK's Flight Recorder, from when anybody has recorded anything in this JVM. Until then there are
 * none: loading the first class of an event sets up half of the recorder, which would cost a starting process more than
 * all of its other steps.
 *
 * <p>Whoever ends an event must not hand its class to a lambda or to a supertype: both would load it. Any thread.
 */
public final class Recorder {
    private Recorder() {}

    public static Optional<TaskEvent> task() {
        return isOn() ? Optional.of(new TaskEvent()) : Optional.empty();
    }

    public static Optional<SpillEvent> spill() {
        return isOn() ? Optional.of(new SpillEvent()) : Optional.empty();
    }

    public static Optional<FetchWaitEvent> fetchWait() {
        return isOn() ? Optional.of(new FetchWaitEvent()) : Optional.empty();
    }

    public static Optional<MemoryWaitEvent> memoryWait() {
        return isOn() ? Optional.of(new MemoryWaitEvent()) : Optional.empty();
    }

    public static Optional<ResultFetchEvent> resultFetch() {
        return isOn() ? Optional.of(new ResultFetchEvent()) : Optional.empty();
    }

    public static Optional<OutputPublishEvent> outputPublish() {
        return isOn() ? Optional.of(new OutputPublishEvent()) : Optional.empty();
    }

    private static boolean isOn() {
        return FlightRecorder.isInitialized();
    }
}

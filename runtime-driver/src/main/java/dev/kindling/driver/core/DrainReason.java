package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.ExitReason.Kind;

/** Why an executor is to leave while it still works. */
public enum DrainReason {
    /** Its node is taken out of service. */
    DECOMMISSION("its node is being decommissioned", Kind.DECOMMISSIONED, true),
    /** The cluster wants its container for somebody else. */
    PREEMPTION("its container is being preempted", Kind.PREEMPTED, true),
    /** The cloud takes its machine back. */
    SPOT_NOTICE("its spot instance is being taken back", Kind.PREEMPTED, true),
    /** The application needs fewer. */
    SCALE_DOWN("the application needs fewer executors", Kind.FINISHED, false);

    /** For people, behind the name of the executor. */
    public final String words;
    /** What its end counts as. */
    public final Kind kind;
    /** Whether another one is asked for. */
    final boolean isReplaced;

    DrainReason(String words, Kind kind, boolean isReplaced) {
        this.words = words;
        this.kind = kind;
        this.isReplaced = isReplaced;
    }
}

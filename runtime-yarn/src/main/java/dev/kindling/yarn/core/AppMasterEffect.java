package dev.kindling.yarn.core;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.driver.core.DrainReason;
import java.util.Collections;
import java.util.SortedMap;

/** What an application's master wants done. */
public sealed interface AppMasterEffect {
    /**
     * From now on exactly so many containers are asked for, whatever was asked before.
     *
     * @param elastic so many of them are elastic, the others of the base
     * @param near by host, how many of them would best be there; they may be elsewhere
     */
    record AskFor(int containers, int elastic, SortedMap<String, Integer> near) implements AppMasterEffect {
        /** All alike, wherever there is room. */
        AskFor(int containers) {
            this(containers, 0, Collections.emptySortedMap());
        }
    }

    /**
     * This container becomes this executor, and the driver expects it.
     *
     * @param isBase that it is of the base, where some are not
     */
    record StartExecutor(String containerId, String executorId, boolean isBase) implements AppMasterEffect {
        StartExecutor(String containerId, String executorId) {
            this(containerId, executorId, false);
        }
    }

    /**
     * What runs in this container becomes this executor, and the driver expects it.
     *
     * @param isBase that it is of the base, where some are not
     */
    record TakeOver(String containerId, String executorId, boolean isBase) implements AppMasterEffect {
        TakeOver(String containerId, String executorId) {
            this(containerId, executorId, false);
        }
    }

    /** Its node ends what runs in it, and says how that ended. */
    record StopContainer(String containerId) implements AppMasterEffect {}

    /** It is given back, whatever runs in it. */
    record ReleaseContainer(String containerId) implements AppMasterEffect {}

    /** Nothing more is wanted of this node. */
    record ExcludeNode(String node, String why) implements AppMasterEffect {}

    /** The node is as good as any other again. */
    record ReadmitNode(String node) implements AppMasterEffect {}

    /** The driver shall hear of an executor that came and went in one moment: it counts those, and gives up in the end. */
    record RefuseExecutor(String executorId, ExitReason reason) implements AppMasterEffect {}

    /** The driver shall know that this executor is gone. */
    record TellExited(String executorId, ExitReason reason) implements AppMasterEffect {}

    /** The driver shall move what this executor holds, and then give it up; another one comes in its place if wanted. */
    record LeaveExecutor(String executorId, DrainReason reason, long withinMs) implements AppMasterEffect {}

    /** The ResourceManager is asked for news so often. */
    record HeartbeatEvery(long intervalMs) implements AppMasterEffect {}
}

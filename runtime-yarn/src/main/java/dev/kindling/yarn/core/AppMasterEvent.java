package dev.kindling.yarn.core;

import java.util.List;
import java.util.SortedMap;

/** What an application's master hears: from the driver, from the ResourceManager, from NodeManagers. */
public sealed interface AppMasterEvent {
    // ---- the driver -----------------------------------------------------------------------------------------------

    /**
     * The application is known to the ResourceManager and wants so many executors.
     *
     * @param kept containers that an earlier master of the application has left behind
     */
    record Registered(int executors, List<ContainerKept> kept) implements AppMasterEvent {
        public Registered {
            kept = List.copyOf(kept);
        }
    }

    /** An executor's process has reached the driver. */
    record ExecutorRegistered(String executorId) implements AppMasterEvent {}

    /** The driver has given an executor up, or needs it no more. */
    record ExecutorReleased(String executorId, String why) implements AppMasterEvent {}

    /** One more shall come in the place of one that is gone, or that is about to leave. */
    record ReplacementWanted(String lostExecutorId) implements AppMasterEvent {}

    /** An executor has heard that its machine, is taken back after so long; the ResourceManager need not know. */
    record MachineTakenBack(String executorId, long withinMs) implements AppMasterEvent {}

    /** So many more are wanted. */
    record MoreWanted(int executors) implements AppMasterEvent {}

    /** So many fewer are wanted, of those that were asked for and for which there is no container. */
    record FewerWanted(int executors) implements AppMasterEvent {}

    /**
     * Where what is to be read lies; until it is told again.
     *
     * @param taskCounts by host, tasks whose input lies there
     */
    record InputLies(SortedMap<String, Integer> taskCounts) implements AppMasterEvent {}

    /** The application ends. */
    record Closing() implements AppMasterEvent {}

    // ---- the ResourceManager --------------------------------------------------------------------------------------

    /**
     * A container is ours, on this node.
     *
     * @param isElastic whether it was asked for as one beyond the base
     */
    record ContainerAllocated(String containerId, String node, boolean isElastic) implements AppMasterEvent {
        ContainerAllocated(String containerId, String node) {
            this(containerId, node, false);
        }
    }

    /**
     * An executor of an earlier master's runs in it and waits for somebody to take it over.
     *
     * @param isElastic whether it was asked for as one beyond the base
     */
    record ContainerKept(String containerId, String node, boolean isElastic) implements AppMasterEvent {
        ContainerKept(String containerId, String node) {
            this(containerId, node, false);
        }
    }

    /**
     * A container has ended, or never began.
     *
     * @param exitStatus that of its process, or one of YARN's own, which are negative
     * @param diagnostics what YARN says about it; may end with the last lines of its output
     */
    record ContainerCompleted(String containerId, int exitStatus, String diagnostics) implements AppMasterEvent {}

    /** A node takes no more containers, or takes them again. */
    record NodeChanged(String node, boolean isUsable, String state) implements AppMasterEvent {}

    /** A node will be taken out of service after so long; containers on it go on until then, and no others come. */
    record NodeDecommissioning(String node, long withinMs) implements AppMasterEvent {}

    /**
     * Others are to get what we have; the ResourceManager repeats it until it has it.
     *
     * @param certain containers that will be taken
     * @param exchangeable containers that will be taken unless as many others are given back
     */
    record PreemptionAnnounced(List<String> certain, List<String> exchangeable) implements AppMasterEvent {
        public PreemptionAnnounced {
            certain = List.copyOf(certain);
            exchangeable = List.copyOf(exchangeable);
        }
    }

    /** How many nodes the cluster has. */
    record NodesCounted(int nodes) implements AppMasterEvent {}

    // ---- NodeManagers ---------------------------------------------------------------------------------------------

    /** The container's node would not start it. */
    record ContainerNotStarted(String containerId, String why) implements AppMasterEvent {}

    // ---- time -----------------------------------------------------------------------------------------------------

    record Tick() implements AppMasterEvent {}
}

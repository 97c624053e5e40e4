package dev.kindling.yarn.core;

/** What an application's master hears: from the driver, from the ResourceManager, from NodeManagers. */
public sealed interface AppMasterEvent {
    // ---- the driver -----------------------------------------------------------------------------------------------

    /** The application is known to the ResourceManager and wants so many executors. */
    record Registered(int executors) implements AppMasterEvent {}

    /** An executor's process has reached the driver. */
    record ExecutorRegistered(String executorId) implements AppMasterEvent {}

    /** The driver has given an executor up, or needs it no more. */
    record ExecutorReleased(String executorId, String why) implements AppMasterEvent {}

    /** One more shall come in the place of one that is gone. */
    record ReplacementWanted(String lostExecutorId) implements AppMasterEvent {}

    /** The application ends. */
    record Closing() implements AppMasterEvent {}

    // ---- the ResourceManager --------------------------------------------------------------------------------------

    /** A container is ours, on this node. */
    record ContainerAllocated(String containerId, String node) implements AppMasterEvent {}

    /**
     * A container has ended, or never began.
     *
     * @param exitStatus that of its process, or one of YARN's own, which are negative
     * @param diagnostics what YARN says about it; may end with the last lines of its output
     */
    record ContainerCompleted(String containerId, int exitStatus, String diagnostics) implements AppMasterEvent {}

    /** A node takes no more containers, or takes them again. */
    record NodeChanged(String node, boolean isUsable, String state) implements AppMasterEvent {}

    /** How many nodes the cluster has. */
    record NodesCounted(int nodes) implements AppMasterEvent {}

    // ---- NodeManagers ---------------------------------------------------------------------------------------------

    /** The container's node would not start it. */
    record ContainerNotStarted(String containerId, String why) implements AppMasterEvent {}

    // ---- time -----------------------------------------------------------------------------------------------------

    record Tick() implements AppMasterEvent {}
}

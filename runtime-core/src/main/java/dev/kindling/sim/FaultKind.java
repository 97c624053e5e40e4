package dev.kindling.sim;

/** What can go wrong in a simulated cluster; each kind can be switched off by itself. */
public enum FaultKind {
    /** An executor's process ends; per executor and second. */
    KILL(0.04, 0.20),
    /** An executor's process ends just before or after it says something; per message. */
    KILL_AT_SEND(0.01, 0.05),
    /** An executor's process is asked to end by a signal, and does; per executor and second. */
    TERMINATE(0.02, 0.15),
    /** One more executor is started; per second. */
    JOIN(0.02, 0.20),
    /** An executor stands still for a while and then goes on; per executor and second. */
    PAUSE(0.02, 0.10),
    /** A node stands still without noticing, or its clock leaps; the driver too; per node and second. */
    CLOCK(0.02, 0.10),
    /** All that an executor does takes many times as long for a while; per executor and second. */
    SLOW_NODE(0.03, 0.15),
    /** A message never arrives; per message. */
    DROP(0.03, 0.30),
    /** A message arrives twice; per message. */
    DUPLICATE(0.05, 0.20),
    /** A message takes long, perhaps longer than every timer of the protocol; per message. */
    DELAY(0.02, 0.10),
    /** One direction between two nodes, or both, carries nothing for a while; per executor and second. */
    CLOG(0.03, 0.12),
    /** A bit of a message with blocks flips; per map output in it. */
    CORRUPT(0.03, 0.12),
    /** A bit of what is on disk flips: of map outputs and results per executor and second, of spills per chunk. */
    ROT(0.03, 0.15),
    /** A stored map output or result is gone; per executor and second. */
    LOSE_FILE(0.03, 0.12),
    /** An executor's disk takes nothing more for a while; per executor and second. */
    DISK_FULL(0.02, 0.10),
    /** A task gets hardly more memory than it is guaranteed; per attempt. */
    SCARCE_MEMORY(0.10, 0.60),
    /** The user's function throws; per attempt. */
    USER_ERROR(0.02, 0.15),
    /** An attempt takes twenty times as long; per attempt. */
    STRAGGLE(0.02, 0.30),
    /** A started process ends before it registers; per start. */
    LAUNCH_FAILURE(0.08, 0.30),
    /** Publishing an output fails; per step. */
    PUBLISH_FAILURE(0.05, 0.25),
    /** The driver stands still for some seconds; per second. */
    DRIVER_PAUSE(0.02, 0.08),
    /** The driver's process ends, and with it the run; per second, per message it sends, per step of a publication. */
    DRIVER_DEATH(0.002, 0.01),
    /** A cancelled attempt ignores its interrupt and never ends; per interrupt. */
    STUCK(0.20, 0.80),
    /** A task ends its process, by a full heap or an exit, as often as it is tried; per attempt. */
    FATAL_TASK(0.002, 0.06),
    /** An attempt waits for ever and uses no processor; per attempt. */
    HANG(0.001, 0.01),
    /** Memory of cached blocks is wanted by somebody else; per executor and second. */
    EVICT(0.30, 0.90),
    /** An executor is told to leave without loss, perhaps too late; per executor and second. */
    DRAIN(0.02, 0.15),
    /** The store of outputs refuses requests for a while; per request. */
    STORE_THROTTLED(0.03, 0.30),
    /** The store of outputs does what it is asked, but fails or is asked again as no answer comes; per change. */
    STORE_ANSWER_LOST(0.03, 0.25),
    /** The store of outputs cannot list or read; per such request. */
    STORE_READ_FAILURE(0.02, 0.20),
    /** What a driver asked of the store of outputs as it ended is carried out later; per end at a step of a commit. */
    STORE_LATE_REQUEST(0.50, 0.90),
    /** The store of inputs cannot give anything for a moment; per request of a task. */
    INPUT_FAILURE(0.05, 0.60),
    /** What the store of inputs sends ends early; per request of a task. */
    INPUT_CUT(0.05, 0.60),
    /** Somebody writes an object anew while jobs read it; per request of a task. */
    INPUT_CHANGED(0.003, 0.05),
    /** A connection is refused, or its handshake hangs or takes long; per connection that is made. */
    HANDSHAKE(0.04, 0.30),
    /** Two executors do not reach each other any more, though both reach the driver; once, per executor and second. */
    STALL(0.01, 0.10);

    private final double usual;
    private final double most;

    FaultKind(double usual, double most) {
        this.usual = usual;
        this.most = most;
    }

    /** The rate at which it still lets most jobs end well. */
    public double usual() {
        return usual;
    }

    double most() {
        return most;
    }
}

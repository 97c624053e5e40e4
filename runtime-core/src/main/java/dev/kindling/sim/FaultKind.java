package dev.kindling.sim;

/** What can go wrong in a simulated cluster; each kind can be switched off by itself. */
public enum FaultKind {
    /** An executor's process ends; per executor and second. */
    KILL(0.02, 0.10),
    /** An executor's process ends just before or after it says something; per message. */
    KILL_AT_SEND(0.001, 0.02),
    /** An executor stands still for a while and then goes on; per executor and second. */
    PAUSE(0.01, 0.05),
    /** A message never arrives; per message. */
    DROP(0.05, 0.30),
    /** A message arrives twice; per message. */
    DUPLICATE(0.05, 0.20),
    /** A message takes longer than every timer of the protocol; per message. */
    DELAY(0.02, 0.10),
    /** One direction between two nodes carries nothing for a while; per executor and second. */
    CLOG(0.01, 0.05),
    /** A byte of a stored map output or of a message with blocks flips; per output and per message. */
    CORRUPT(0.02, 0.08),
    /** A stored map output or result is gone; per executor and second. */
    LOSE_FILE(0.01, 0.05),
    /** A write finds the disk full; per attempt. */
    DISK_FULL(0.02, 0.10),
    /** The user's function throws; per attempt. */
    USER_ERROR(0.03, 0.15),
    /** An attempt takes twenty times as long; per attempt. */
    STRAGGLE(0.01, 0.30),
    /** A started process ends before it registers; per start. */
    LAUNCH_FAILURE(0.05, 0.30),
    /** Publishing an output fails; per output. */
    PUBLISH_FAILURE(0.02, 0.10),
    /** The driver stands still for some seconds; per second. */
    DRIVER_PAUSE(0.005, 0.02),
    /** A task ends its process, by a full heap or an exit, as often as it is tried; per attempt. */
    FATAL_TASK(0.002, 0.06),
    /** An attempt waits for ever and uses no processor; per attempt. */
    HANG(0.001, 0.01),
    /** A cancelled attempt ignores its interrupt and never ends; per interrupt. */
    STUCK(0.05, 0.50),
    /** Memory of cached blocks is wanted by somebody else; per executor and second. */
    EVICT(0.30, 0.90);

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

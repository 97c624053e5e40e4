package dev.kindling.sim;

/** The clock of one node. It may stand still while the world goes on, and leap; it never goes back. */
public final class SimClock {
    private final SimWorld world;
    private long aheadMs;

    public SimClock(SimWorld world) {
        this.world = world;
    }

    /** What the node takes for the time. */
    public long nowMs() {
        return world.nowMs() + aheadMs;
    }

    /** The node does nothing for the next {@code ms}, and its clock does not count them. */
    public void standStill(long ms) {
        aheadMs -= ms;
    }

    public void leap(long ms) {
        aheadMs += ms;
    }
}

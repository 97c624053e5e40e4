package dev.kindling.driver.sim;

import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.sim.SimWorld;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a listener of a simulated run what one of an application would hear, in virtual time: what the core emits, and
 * what the shell around it says of jobs and the application. The run ends for it with its last job: that the cluster
 * has to become tidy after that is the simulation's own affair.
 */
final class SimListener {
    private final KindlingListener listener;
    private final List<Event> sinceLastJob = new ArrayList<>();
    private Instant now = Instant.EPOCH;

    SimListener(SimOptions options, KindlingListener listener) {
        this.listener = listener;
        String id = "sim-" + options.seed();
        listener.onEvent(new Event.ApplicationStart(now, id, "simulation, seed " + options.seed()));
        listener.onEvent(new Event.EnvironmentUpdate(now, "simulated", Map.of()));
    }

    /** Only listens: the run stays the same, event by event. */
    void follow(SimCluster cluster) {
        cluster.decisions = effect -> decided(cluster.world, effect);
    }

    private void decided(SimWorld world, DriverEffect effect) {
        if (effect instanceof DriverEffect.Emit emit) {
            Event event = emit.event();
            now = event.time().isAfter(now) ? event.time() : now;
            if (event instanceof Event.JobStart) {
                tell();
            }
            sinceLastJob.add(event);
        } else if (effect instanceof DriverEffect.CompleteJob complete) {
            ended(world, complete.jobId(), Optional.empty());
        } else if (effect instanceof DriverEffect.FailJob fail) {
            ended(world, fail.jobId(), Optional.of(new KindlingException(fail.code(), fail.message())));
        }
    }

    private void ended(SimWorld world, int jobId, Optional<Throwable> failure) {
        Instant at = Instant.ofEpochMilli(world.nowMs());
        now = at.isAfter(now) ? at : now;
        sinceLastJob.add(new Event.JobEnd(now, jobId, failure));
        tell();
    }

    private void tell() {
        sinceLastJob.forEach(listener::onEvent);
        sinceLastJob.clear();
    }

    /** The run is over. */
    void end() {
        listener.onEvent(new Event.ApplicationEnd(now, 0));
    }
}

package dev.kindling.driver.sim;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.sim.FaultKind;
import dev.kindling.storage.OutputStore;
import java.io.IOException;

/**
 * What the simulated driver's shell does with outputs, by the real {@link OutputStore}: they are claimed, published and
 * given up. Between any two changes of a file the driver may end.
 */
final class SimPublications implements SimTargetFiles.Requests {
    private static final int MAX_PUBLISH_STEP_MS = 400;
    /** A publication is over soon: how much likelier the driver ends at one of its steps than at a message. */
    private static final int DEATH_AT_COMMIT = 30;

    private final SimCluster cluster;
    private final SimDriver driver;
    private final OutputStore output;
    private int open;
    private boolean isPublishing;
    private boolean isClaiming;
    /** The driver's next request is its last. */
    private boolean isDying;

    private boolean hasFailed;

    SimPublications(SimCluster cluster, SimDriver driver) {
        this.cluster = cluster;
        this.driver = driver;
        this.output = cluster.outputs.of(() -> !driver.isDead(), this::beforeStep, this);
    }

    /** Whether none has begun that has not ended. */
    boolean areOver() {
        return open == 0;
    }

    /**
     * What a program does before it submits a job that saves; false when an application before has completed the output.
     */
    boolean claim(String target) {
        while (true) {
            boolean wasComplete = cluster.outputs.isComplete(target);
            int troublesBefore = cluster.outputs.store().troubles();
            try {
                isClaiming = true;
                output.claim(target, cluster.applicationId);
                if (wasComplete) {
                    throw new SimViolation(target + " is complete and can be claimed");
                }
                return true;
            } catch (KindlingException | IOException e) {
                if (isTaken(e) && cluster.outputs.isComplete(target)) {
                    return false;
                }
                if (cluster.outputs.store().troubles() == troublesBefore) {
                    throw new SimViolation("nobody writes to " + target
                            + " and it is not complete, but its claim is refused: " + e.getMessage());
                }
                // The user tries again.
            } catch (ProcessEnded e) {
                e.rethrow();
                throw new DriverDied();
            } finally {
                isClaiming = false;
            }
        }
    }

    private static boolean isTaken(Exception refusal) {
        return refusal instanceof KindlingException e && e.code() == ErrorCode.OUTPUT_EXISTS;
    }

    /** Publishing takes its time, in which anything may happen; the driver may end before each change of a file. */
    private void beforeStep(String step) {
        if (isPublishing) {
            letPass(1 + cluster.random.nextInt(MAX_PUBLISH_STEP_MS));
        }
        if (cluster.faults.strikes(FaultKind.DRIVER_DEATH, DEATH_AT_COMMIT)) {
            isDying = cluster.faults.strikes(FaultKind.STORE_LATE_REQUEST);
            if (!isDying) {
                end("just before it could " + step);
            }
        }
    }

    private void end(String when) {
        driver.die("killed " + when);
        throw new ProcessEnded();
    }

    @Override
    public <T> T send(Kind kind, Request<T> request) throws IOException {
        SimStore store = cluster.outputs.store();
        if (isDying) {
            if (kind == Kind.MOVE) {
                store.carryOutLate(request);
            }
            end("when it had just asked for a change of the output");
        }
        int troublesBefore = store.troubles();
        try {
            if (kind != Kind.READ && isPublishing && cluster.faults.strikes(FaultKind.PUBLISH_FAILURE)) {
                throw store.failed("planted");
            }
            if (!isPublishing && !isClaiming) {
                return store.send(kind, request);
            }
            long refusedMs = store.refusesForMs();
            cluster.network.disturbedUntil(cluster.world.nowMs() + refusedMs);
            letPass(Math.min(refusedMs, SimStore.PATIENCE_MS));
            return store.send(kind, request, refusedMs);
        } finally {
            hasFailed |= store.troubles() > troublesBefore;
        }
    }

    /** Whether what is left of an output, if anything, is left by the book. */
    boolean mayLeaveTemporary() {
        return driver.isDead() || hasFailed || cluster.outputs.mayLeaveUploads();
    }

    /** The loop goes on meanwhile: the one who publishes is another thread. */
    private void letPass(long ms) {
        long untilMs = cluster.world.nowMs() + ms;
        try {
            while (!driver.isDead() && cluster.world.nowMs() < untilMs) {
                cluster.world.step();
            }
        } catch (RuntimeException e) {
            throw new ProcessEnded(e);
        }
        if (driver.isDead()) {
            throw new ProcessEnded();
        }
    }

    void publish(DriverEffect.PublishOutput e) {
        open++;
        cluster.world.in(1 + cluster.random.nextInt(MAX_PUBLISH_STEP_MS), () -> {
            if (!driver.isDead()) {
                publishNow(e);
            }
        });
    }

    private void publishNow(DriverEffect.PublishOutput e) {
        isPublishing = true;
        try {
            output.publish(e.target(), e.parts());
            isPublishing = false;
            cluster.world.note("driver", e.target() + " is complete");
            driver.on(new DriverEvent.OutputPublished(e.jobId()));
        } catch (KindlingException | IOException failure) {
            isPublishing = false;
            driver.on(new DriverEvent.OutputFailed(e.jobId(), failure.getMessage()));
        } catch (ProcessEnded end) {
            end.rethrow();
            return;
        }
        // Behind that word in the driver's mailbox, which is emptied before the driver is gone.
        driver.run(() -> open--);
    }

    void discard(String target) {
        if (isPublishing) {
            throw new SimViolation(target + " is given up while it is being published");
        }
        try {
            output.discard(target);
        } catch (IOException e) {
            requireTroubled(target, e);
        } catch (ProcessEnded e) {
            e.rethrow();
        }
    }

    /** Another thread than the one who publishes, who may be in the midst of it: a later twin's part comes whenever it does. */
    void discardPart(DriverEffect.DiscardPart e) {
        boolean wasPublishing = isPublishing;
        isPublishing = false;
        try {
            output.discardAttempt(e.target(), e.attemptFile());
        } catch (IOException failure) {
            requireTroubled(e.attemptFile(), failure);
        } finally {
            isPublishing = wasPublishing;
        }
    }

    /** The shell writes that into its log, and goes on. */
    private void requireTroubled(String what, IOException failure) {
        if (!hasFailed) {
            throw new SimViolation(what + " cannot be discarded: " + failure.getMessage());
        }
        cluster.world.note("driver", what + " cannot be discarded: " + failure.getMessage());
    }
}

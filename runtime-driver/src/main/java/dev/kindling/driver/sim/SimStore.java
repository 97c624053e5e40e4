package dev.kindling.driver.sim;

import dev.kindling.sim.FaultKind;
import dev.kindling.sim.Faults;
import dev.kindling.sim.SimWorld;
import java.io.IOException;
import java.util.Optional;

/**
 * How the store of a simulated world treats what it is asked: it may refuse everything for a while, fail to read, lose an
 * answer, and carry out a request when the driver that sent it has ended.
 */
final class SimStore implements SimTargetFiles.Requests {
    /** A client tries again for so long. */
    static final long PATIENCE_MS = 10_000;

    private static final int MAX_THROTTLED_MS = 20_000;
    /** As many as taking an output over and writing a small one take: late means at any moment of that. */
    private static final int MAX_REQUESTS_UNTIL_LATE = 40;
    /** A store that has just lost an answer is not well: how much likelier it fails to read next. */
    private static final int BLIND_AFTER_LOST_ANSWER = 10;

    private final SimWorld world;
    private final Faults faults;
    private long throttledUntilMs;
    private Optional<Request<?>> late = Optional.empty();
    private int requestsUntilLate;
    private boolean hasLostAnswer;
    private int troubles;

    SimStore(SimWorld world, Faults faults) {
        this.world = world;
        this.faults = faults;
    }

    /** For how long from now on it refuses all that it is asked. */
    long refusesForMs() {
        carryOutWhatIsLate();
        if (faults.strikes(FaultKind.STORE_THROTTLED)) {
            long untilMs = world.nowMs() + faults.span(FaultKind.STORE_THROTTLED, MAX_THROTTLED_MS);
            throttledUntilMs = Math.max(throttledUntilMs, untilMs);
        }
        return Math.max(0, throttledUntilMs - world.nowMs());
    }

    /** For whoever has no time to pass: as if it had waited. */
    @Override
    public <T> T send(Kind kind, Request<T> request) throws IOException {
        return send(kind, request, refusesForMs());
    }

    /** Of somebody who was refused for so long: carried out, perhaps twice, perhaps without an answer. */
    <T> T send(Kind kind, Request<T> request, long refusedMs) throws IOException {
        if (refusedMs > PATIENCE_MS) {
            throw failed("the store refused it for " + PATIENCE_MS + " ms");
        }
        int readFailures = hasLostAnswer ? BLIND_AFTER_LOST_ANSWER : 1;
        hasLostAnswer = false;
        if (kind == Kind.READ && faults.strikes(FaultKind.STORE_READ_FAILURE, readFailures)) {
            throw failed("the store could not read it");
        }
        T answer = request.answer();
        if (kind != Kind.READ && faults.strikes(FaultKind.STORE_ANSWER_LOST)) {
            if (faults.random(FaultKind.STORE_ANSWER_LOST).nextBoolean()) {
                hasLostAnswer = true;
                throw failed("no answer came from the store");
            }
            // Its client asks again.
            troubles++;
            return request.answer();
        }
        return answer;
    }

    IOException failed(String why) {
        troubles++;
        return new IOException(why);
    }

    /** Requests that went wrong so far. */
    int troubles() {
        return troubles;
    }

    /** Carried out when its sender has ended, between any two requests of those who come after it. */
    void carryOutLate(Request<?> request) {
        late = Optional.of(request);
        requestsUntilLate = 1 + faults.random(FaultKind.STORE_LATE_REQUEST).nextInt(MAX_REQUESTS_UNTIL_LATE);
    }

    private void carryOutWhatIsLate() {
        if (late.isEmpty() || --requestsUntilLate > 0) {
            return;
        }
        Request<?> request = late.get();
        late = Optional.empty();
        try {
            request.answer();
            world.note("store", "carries out what a driver asked that has ended");
        } catch (IOException e) {
            world.note("store", "refuses what a driver asked that has ended: " + e.getMessage());
        }
    }
}

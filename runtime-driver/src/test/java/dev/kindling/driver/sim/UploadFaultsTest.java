package dev.kindling.driver.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import dev.kindling.storage.OutputStore.AttemptOutput;
import dev.kindling.storage.OutputStore.Part;
import dev.kindling.storage.TargetObjects;
import dev.kindling.storage.UploadOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stores of objects do to a commit: each request goes wrong in each way, one after the other. */
class UploadFaultsTest {
    private static final String TARGET = "sim:/out";
    private static final int PARTS = 2;

    private final SimTargetObjects.Storage storage = new SimTargetObjects.Storage();
    private final SimTargetObjects observer =
            new SimTargetObjects(TARGET, storage, () -> true, SimTargetFiles.Requests.SURE);

    /** What becomes of one request. */
    private enum Trouble {
        /** It is not carried out. */
        FAILED,
        /** It is carried out and fails. */
        UNANSWERED,
        /** It is carried out twice, as its sender has heard nothing the first time. */
        ASKED_AGAIN,
        /** Its sender ends, and it is never carried out. */
        LAST,
        /** Its sender ends, and it is carried out at once. */
        LAST_CARRIED_OUT,
        /** Its sender ends, and it is carried out when the next one is at work. */
        LAST_LATE
    }

    /** A driver and what becomes of its requests. */
    private final class Driver implements SimTargetFiles.Requests {
        private final String name;
        private final UploadOutput output;
        private boolean isAlive = true;
        private int requestCount;
        private Trouble trouble = Trouble.FAILED;
        private int troubledRequest;
        private boolean wasMove;
        private Optional<Request<?>> unanswered = Optional.empty();

        private Optional<Request<?>> late = Optional.empty();
        /** The request of another that is carried out before this one of its own. */
        private int lateBefore;

        private boolean sawIncomplete;

        Driver(String name, UnaryOperator<TargetObjects> objects) {
            this.name = name;
            this.output = new UploadOutput(
                    SimOutputs.storeOf(objects.apply(new SimTargetObjects(TARGET, storage, () -> isAlive, this))),
                    step -> {});
        }

        @Override
        public <T> T send(Kind kind, Request<T> request) throws IOException {
            if (++requestCount == lateBefore) {
                late.orElseThrow().answer();
            }
            sawIncomplete |= isComplete() && visible().size() < PARTS;
            if (requestCount != troubledRequest) {
                return request.answer();
            }
            wasMove = kind == Kind.MOVE;
            return switch (trouble) {
                case FAILED -> throw new IOException("failed");
                case UNANSWERED -> {
                    request.answer();
                    throw new IOException("no answer came");
                }
                case ASKED_AGAIN -> {
                    request.answer();
                    yield request.answer();
                }
                case LAST -> {
                    isAlive = false;
                    throw new ProcessEnded();
                }
                case LAST_CARRIED_OUT -> {
                    isAlive = false;
                    request.answer();
                    throw new ProcessEnded();
                }
                case LAST_LATE -> {
                    isAlive = false;
                    unanswered = Optional.of(request);
                    throw new ProcessEnded();
                }
            };
        }

        void run() throws IOException {
            output.claim(TARGET, name);
            List<Part> parts = new ArrayList<>();
            for (int partition = 0; partition < PARTS; partition++) {
                parts.add(write(partition));
            }
            // The part of a slow twin.
            write(0);
            output.publish(TARGET, parts);
        }

        private Part write(int partition) throws IOException {
            AttemptOutput attempt = output.openAttempt(TARGET, partition, "", name + "-s0p" + partition);
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            try (OutputStream stream = attempt.stream()) {
                stream.write(bytes);
            }
            return new Part(attempt.attemptFile(), attempt.finalName(), 1, bytes.length);
        }

        /** What it says in the end: nothing when the output is complete, or it has died. */
        String says() throws IOException {
            try {
                run();
                return "";
            } catch (KindlingException | IOException e) {
                output.discard(TARGET);
                return e.getMessage();
            } catch (ProcessEnded e) {
                return "";
            }
        }
    }

    private boolean isComplete() {
        return observer.bytes("_SUCCESS") != null;
    }

    private List<String> visible() {
        return observer.namesFrom("part-").stream()
                .map(name -> new String(observer.bytes(name), StandardCharsets.UTF_8))
                .toList();
    }

    private boolean hasRemains() {
        return !observer.namesFrom(UploadOutput.TEMPORARY).isEmpty()
                || !observer.unfinishedUploads().isEmpty();
    }

    /** A driver that has this trouble with that request. */
    private Driver troubled(UnaryOperator<TargetObjects> objects, Trouble trouble, int request) {
        Driver driver = new Driver("sim-1", objects);
        driver.trouble = trouble;
        driver.troubledRequest = request;
        return driver;
    }

    // ---- of one that lives ----------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "LAST.*")
    void requestThatGoesWrongEndsInAllOfTheOutputOrInNothing(Trouble trouble) throws IOException {
        assertEquals(List.of(), complaints(objects -> objects, trouble));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNANSWERED_FINISH_TAKEN_FOR_FAILURE", "PARTS_OF_FAILED_KEPT", "UPLOADS_NOT_ABORTED"})
    void whatIsNotUndoneIsSeen(String bug) throws IOException {
        assertNotEquals(
                List.of(), complaints(DefectiveObjects.in(SimCores.real(), bug).objects(), Trouble.UNANSWERED));
    }

    /** And what it says is so. */
    private static List<String> complaints(UnaryOperator<TargetObjects> objects, Trouble trouble) throws IOException {
        List<String> complaints = new ArrayList<>();
        boolean isTried = true;
        for (int request = 1; isTried; request++) {
            UploadFaultsTest world = new UploadFaultsTest();
            Driver driver = world.troubled(objects, trouble, request);
            String said = driver.says();
            isTried = driver.requestCount >= request;
            boolean isWhole = world.isComplete() && world.visible().equals(List.of("sim-1", "sim-1"));
            boolean isNothing = !world.isComplete() && world.visible().isEmpty();
            boolean isTrue = said.isEmpty()
                    ? isWhole
                    : said.contains("it is not known whether") || isNothing && !said.contains("may remain");
            if (!isTrue || !isTried && world.hasRemains()) {
                complaints.add("request " + request + ": " + said + " " + world.visible());
            }
            complaints.addAll(world.complaintsOfTheNext(said.isEmpty(), "request " + request));
        }
        return complaints;
    }

    /** The next one writes there, if nothing is complete, and nothing is left of anybody. */
    private List<String> complaintsOfTheNext(boolean isDone, String when) throws IOException {
        if (isDone || isComplete()) {
            return List.of();
        }
        Driver next = new Driver("sim-2", objects -> objects);
        String said = next.says();
        return said.isEmpty() && visible().equals(List.of("sim-2", "sim-2")) && !hasRemains()
                ? List.of()
                : List.of(when + ", the next one: " + said + " " + visible());
    }

    // ---- of one that dies -----------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(names = {"LAST", "LAST_CARRIED_OUT"})
    void whatADriverLeavesThatEndsAtAnyRequestIsTakenOver(Trouble trouble) throws IOException {
        boolean isTried = true;
        for (int request = 1; isTried; request++) {
            UploadFaultsTest world = new UploadFaultsTest();
            Driver driver = world.troubled(objects -> objects, trouble, request);
            driver.says();
            isTried = driver.requestCount >= request;

            if (world.isComplete()) {
                assertEquals(List.of("sim-1", "sim-1"), world.visible());
            } else {
                assertEquals(List.of(), world.complaintsOfTheNext(false, "request " + request));
            }
        }
    }

    @Test
    void finishOfADeadDriverComesAtAnyMomentOfTheNextOneAndTheOutputIsOneOfTheirs() throws IOException {
        assertEquals(List.of(), lateComplaints(objects -> objects));
    }

    /** The checker's checker. */
    @ParameterizedTest
    @ValueSource(strings = {"UPLOADS_OF_DEAD_NOT_ABORTED", "COMPLETION_OF_DEAD_NOT_ABORTED"})
    void lateFinishOfAnUploadThatIsNotAbortedIsSeen(String bug) throws IOException {
        assertNotEquals(
                List.of(),
                lateComplaints(DefectiveObjects.in(SimCores.real(), bug).objects()));
    }

    private static List<String> lateComplaints(UnaryOperator<TargetObjects> objects) throws IOException {
        List<String> complaints = new ArrayList<>();
        boolean isTried = true;
        for (int request = 1; isTried; request++) {
            Driver probe = new UploadFaultsTest().troubled(objects, Trouble.LAST, request);
            probe.says();
            isTried = probe.requestCount >= request;
            boolean isBefore = probe.wasMove;
            for (int before = 1; isBefore; before++) {
                UploadFaultsTest world = new UploadFaultsTest();
                Driver dead = world.troubled(objects, Trouble.LAST_LATE, request);
                dead.says();
                Driver next = world.new Driver("sim-2", objects);
                next.late = dead.unanswered;
                next.lateBefore = before;
                String said = next.says();
                isBefore = next.requestCount >= before;
                // Who finds an output that has become complete leaves it alone.
                String whose = said.isEmpty() ? "sim-2" : "sim-1";
                if (next.sawIncomplete
                        || !world.isComplete()
                        || !world.visible().equals(List.of(whose, whose))) {
                    complaints.add("request " + request + " before " + before + ": " + said + " " + world.visible());
                }
            }
        }
        return complaints;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoWasTakenForDeadLeavesWhatTheNextOneUploadsAlone(boolean isPublishing) throws IOException {
        Driver slow = new Driver("sim-1", objects -> objects);
        slow.output.claim(TARGET, "sim-1");
        List<Part> old = List.of(slow.write(0), slow.write(1));
        slow.isAlive = false;
        Driver next = new Driver("sim-2", objects -> objects);
        next.output.claim(TARGET, "sim-2");
        List<Part> parts = List.of(next.write(0), next.write(1));

        if (isPublishing) {
            assertThrows(KindlingException.class, () -> slow.output.publish(TARGET, old));
        }
        slow.output.discard(TARGET);

        next.output.publish(TARGET, parts);
        assertTrue(isComplete());
        assertEquals(List.of("sim-2", "sim-2"), visible());
        assertEquals(false, hasRemains());
    }

    @Test
    void withoutTroubleNothingIsLeftBesideTheOutput() throws IOException {
        new Driver("sim-1", objects -> objects).run();

        assertTrue(isComplete());
        assertEquals(List.of("sim-1", "sim-1"), visible());
        assertEquals(false, hasRemains());
    }
}

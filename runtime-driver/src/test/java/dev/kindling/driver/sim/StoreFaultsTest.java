package dev.kindling.driver.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingException;
import dev.kindling.storage.DirectoryOutput;
import dev.kindling.storage.OutputStore.AttemptOutput;
import dev.kindling.storage.OutputStore.Part;
import dev.kindling.storage.TargetFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stores do to a commit that is too rare for seeds: every moment is tried, one after the other. */
class StoreFaultsTest {
    private static final String TARGET = "sim:/out";
    private static final int PARTS = 2;

    private final SimTargetFiles.Storage storage = new SimTargetFiles.Storage();
    private final SimTargetFiles observer = new SimTargetFiles(storage, () -> true, SimTargetFiles.Requests.SURE);

    /** A driver and what becomes of its requests. */
    private final class Driver implements SimTargetFiles.Requests {
        private final String name;
        private final DirectoryOutput output;
        private boolean isAlive = true;
        private int requestCount;
        private int moveCount;
        /** It ends when it has asked for this move. */
        private int lastMove = Integer.MAX_VALUE;

        private Optional<Request<?>> unanswered = Optional.empty();
        /** The request of another that is carried out before this one of its own. */
        private int lateBefore;

        private Optional<Request<?>> late = Optional.empty();
        private boolean sawIncomplete;
        private boolean losesAnswerOfSuccess;
        private boolean isBlind;

        Driver(String name, UnaryOperator<TargetFiles> files) {
            this.name = name;
            this.output =
                    new DirectoryOutput(files.apply(new SimTargetFiles(storage, () -> isAlive, this)), step -> {});
        }

        @Override
        public <T> T send(Kind kind, Request<T> request) throws IOException {
            if (++requestCount == lateBefore) {
                late.ifPresent(this::carryOut);
            }
            if (kind == Kind.READ && isBlind) {
                throw new IOException("it cannot be read");
            }
            if (kind == Kind.MOVE && moveCount++ == lastMove) {
                unanswered = Optional.of(request);
                isAlive = false;
                throw new ProcessEnded();
            }
            T answer = request.answer();
            if (losesAnswerOfSuccess && isComplete()) {
                isBlind = true;
                throw new IOException("no answer came");
            }
            return answer;
        }

        private void carryOut(SimTargetFiles.Requests.Request<?> request) {
            try {
                request.answer();
            } catch (IOException e) {
                // As it should be: nobody has what it wanted to move.
            }
            sawIncomplete |= isComplete() && visible().size() < PARTS;
        }

        void run() throws IOException {
            output.claim(TARGET, name);
            writeAndPublish();
        }

        void writeAndPublish() throws IOException {
            List<Part> parts = new ArrayList<>();
            for (int partition = 0; partition < PARTS; partition++) {
                AttemptOutput attempt = output.openAttempt(TARGET, partition, "", name + "-s0p" + partition + "#0");
                byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
                try (OutputStream stream = attempt.stream()) {
                    stream.write(bytes);
                }
                parts.add(new Part(attempt.attemptFile(), attempt.finalName(), 1, bytes.length));
            }
            output.publish(TARGET, parts);
        }
    }

    private boolean isComplete() {
        return observer.kindOf("/out/_SUCCESS") == TargetFiles.Kind.FILE;
    }

    private List<String> visible() {
        return observer.childrenOf("/out").stream()
                .filter(file -> !file.startsWith("_"))
                .map(file -> new String(observer.bytes("/out/" + file), StandardCharsets.UTF_8))
                .toList();
    }

    // ---- late requests --------------------------------------------------------------------------------------------

    @Test
    void moveOfADeadDriverComesAtAnyMomentOfTheNextOneAndTheOutputIsOneOfTheirs() throws IOException {
        assertEquals(List.of(), complaints(files -> files, world -> {}));
    }

    /** Taking over sends no move that the third one could meet half done. */
    @Test
    void moveOfTheSecondDeadDriverComesAtAnyMomentOfTheThird() throws IOException {
        for (int parts = 1; parts <= PARTS; parts++) {
            int lastMove = parts - 1;

            List<String> complaints = complaints(
                    files -> files, world -> world.carriesOut(world.dead("sim-0", files -> files, lastMove)));

            assertEquals(List.of(), complaints, parts + " parts of the first one are there");
        }
    }

    /** The checker's checker. */
    @ParameterizedTest
    @ValueSource(strings = {"MANIFESTS_OF_ALL_ALIKE", "ATTEMPTS_OF_DEAD_DELETED_LAST"})
    void lateMoveThatIsNotRefusedIsSeen(String bug) throws IOException {
        assertNotEquals(
                List.of(), complaints(DefectiveFiles.in(SimCores.real(), bug).files(), world -> {}));
    }

    /**
     * For each move at which a driver may end and each request of its successor before which that may be carried out.
     *
     * @param earlier what is done to the world before that driver
     */
    private static List<String> complaints(UnaryOperator<TargetFiles> files, Consumer<StoreFaultsTest> earlier)
            throws IOException {
        List<String> complaints = new ArrayList<>();
        for (int move = 0; move <= PARTS; move++) {
            boolean isTried = true;
            for (int before = 1; isTried; before++) {
                StoreFaultsTest world = new StoreFaultsTest();
                earlier.accept(world);
                Driver next = world.takenOver(files, move, before);
                isTried = next.requestCount >= before;
                // A last move that comes before all else completes the output of the dead one.
                boolean isOne = world.visible().equals(List.of("sim-2", "sim-2"))
                        || move == PARTS && world.visible().equals(List.of("sim-1", "sim-1"));
                if (next.sawIncomplete || !world.isComplete() || !isOne) {
                    complaints.add("move " + move + " before request " + before + ": " + world.visible());
                }
            }
        }
        return complaints;
    }

    private Driver takenOver(UnaryOperator<TargetFiles> files, int lastMove, int lateBefore) throws IOException {
        Driver dead = dead("sim-1", files, lastMove);
        Driver next = new Driver("sim-2", files);
        next.late = dead.unanswered;
        next.lateBefore = lateBefore;
        try {
            next.run();
        } catch (KindlingException e) {
            // What is visible shows it.
        }
        return next;
    }

    private Driver dead(String name, UnaryOperator<TargetFiles> files, int lastMove) {
        Driver driver = new Driver(name, files);
        driver.lastMove = lastMove;
        assertThrows(ProcessEnded.class, driver::run);
        assertTrue(driver.unanswered.isPresent());
        return driver;
    }

    private void carriesOut(Driver dead) {
        dead.carryOut(dead.unanswered.orElseThrow());
    }

    @Test
    void attemptOfADeadApplicationThatWritesLateIsInNobodysWay() throws IOException {
        assertEquals(List.of("sim-2", "sim-2"), besideALateAttempt(files -> files));
        assertThrows(
                IOException.class,
                () -> new StoreFaultsTest()
                        .besideALateAttempt(DefectiveFiles.in(SimCores.real(), "ATTEMPT_FILES_OF_ALL_ALIKE")
                                .files()));
    }

    /** The attempt's executor has not heard that its driver is dead; what is visible when the next one is through. */
    private List<String> besideALateAttempt(UnaryOperator<TargetFiles> files) throws IOException {
        DirectoryOutput dead = new Driver("sim-1", files).output;
        Driver next = new Driver("sim-2", files);
        next.output.claim(TARGET, next.name);
        dead.openAttempt(TARGET, 0, "", "sim-1-s0p0#0").stream().close();
        next.writeAndPublish();
        return visible();
    }

    // ---- lost answers ---------------------------------------------------------------------------------------------

    @Test
    void commitWhoseEndNobodyCanReadSaysSoAndUndoesNothing() {
        Driver driver = new Driver("sim-1", files -> files);
        driver.losesAnswerOfSuccess = true;

        String message = assertThrows(KindlingException.class, driver::run).getMessage();

        assertTrue(message.contains("it is not known whether /out/_SUCCESS was written: it cannot be read"), message);
        assertTrue(isComplete());
        assertEquals(List.of("sim-1", "sim-1"), visible());
    }

    @Test
    void unreadableEndThatIsTakenForAFailureIsSeen() {
        UnaryOperator<TargetFiles> defective = DefectiveFiles.in(SimCores.real(), "UNREADABLE_TAKEN_FOR_MISSING")
                .files();
        Driver driver = new Driver("sim-1", defective);
        driver.losesAnswerOfSuccess = true;

        String message = assertThrows(KindlingException.class, driver::run).getMessage();

        assertFalse(message.contains("it is not known whether"), message);
    }
}

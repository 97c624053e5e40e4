package dev.kindling.driver.sim;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.protocol.AttemptId;
import dev.kindling.sim.FaultKind;
import dev.kindling.sim.Faults;
import dev.kindling.sim.SimWorld;
import dev.kindling.storage.ObjectVersion;
import dev.kindling.storage.RangeReader;
import dev.kindling.storage.RangedObject;
import dev.kindling.storage.RetryBudget;
import dev.kindling.storage.Split;
import dev.kindling.storage.SplitCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Objects that the tasks of a simulated world read, by the real {@link RangeReader}: requests fail for the time being,
 * bodies are cut off, and somebody writes an object anew between two requests. A body of a task runs at one instant, so
 * what reading takes counts against its patience only.
 */
final class SimInputs {
    private static final String PATH = "sim:/in/";
    /** As S3's. */
    private static final int TRIES = 5;

    private static final int RETRY_FOR_MS = 30_000;
    private static final int MAX_FAILING_MS = 12_000;

    /** In one world of so many rows lie in objects; in the others they travel with their tasks. */
    private static final int OBJECTS_IN = 3;

    private final SimWorld world;
    private final Faults faults;
    private final boolean areObjects;
    private final UnaryOperator<RangedObject> seen;
    private final TreeMap<String, byte[]> objects = new TreeMap<>();
    private final TreeMap<String, Integer> changes = new TreeMap<>();
    private final TreeSet<AttemptId> troubled = new TreeSet<>();

    /** @param seen what stands between the reader and the store */
    SimInputs(SimWorld world, Faults faults, UnaryOperator<RangedObject> seen) {
        this.world = world;
        this.faults = faults;
        this.seen = seen;
        this.areObjects = world.random("input").nextInt(OBJECTS_IN) == 0;
    }

    /** What a task is given for these rows: a split that is all of an object, which is made, or made again what it was. */
    byte[] plan(int number, byte[] bytes) {
        if (!areObjects) {
            return bytes;
        }
        String path = PATH + number;
        objects.put(path, bytes);
        changes.remove(path);
        Split.FileRange range = new Split.FileRange(
                path, 0, bytes.length, bytes.length, versionOf(path).toString());
        return SplitCodec.encode(new Split(List.of(range), List.of()));
    }

    private ObjectVersion versionOf(String path) {
        return new ObjectVersion("v" + changes.getOrDefault(path, 0), objects.get(path).length);
    }

    /** The rows, by what a task was given for them. */
    byte[] read(AttemptId attempt, byte[] given) throws IOException {
        if (!areObjects) {
            return given;
        }
        Split.FileRange range = SplitCodec.decode(given).ranges().get(0);
        RangedObject object = seen.apply(new Reading(attempt, range.path()));
        try (RangeReader reader = new RangeReader(object, range.offset(), range.length(), range.version())) {
            return reader.readAllBytes();
        }
    }

    /** Whether what this attempt read was not all there at once, as it was planned. */
    boolean wasTroubled(AttemptId attempt) {
        return troubled.contains(attempt);
    }

    /** One object, as one attempt reads it. */
    private final class Reading implements RangedObject {
        private final AttemptId attempt;
        private final String path;
        private final RetryBudget budget = new RetryBudget(TRIES, RETRY_FOR_MS);
        private long nowMs = world.nowMs();
        private boolean isGivenUp;

        Reading(AttemptId attempt, String path) {
            this.attempt = attempt;
            this.path = path;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public Body open(long from, long end, String tag) throws IOException {
            if (isGivenUp) {
                throw new SimViolation(attempt + " goes on reading " + path + " when its tries are used up");
            }
            while (faults.strikes(FaultKind.INPUT_FAILURE)) {
                nowMs += faults.span(FaultKind.INPUT_FAILURE, MAX_FAILING_MS);
                if (!mayTryAgain()) {
                    throw new KindlingException(
                            ErrorCode.THROTTLED, "cannot read " + path + ": it failed, " + budget.effort(nowMs));
                }
            }
            if (faults.strikes(FaultKind.INPUT_CHANGED)) {
                change();
            }
            ObjectVersion version = versionOf(path);
            if (!tag.isEmpty() && !tag.equals(version.tag())) {
                troubled.add(attempt);
                throw new Refused(Refused.Reason.OTHER_VERSION, null);
            }
            byte[] bytes = objects.get(path);
            int to = (int) Math.min(end, bytes.length);
            int sent = to - (int) from;
            if (faults.strikes(FaultKind.INPUT_CUT)) {
                SplittableRandom random = faults.random(FaultKind.INPUT_CUT);
                sent = random.nextInt(sent);
            }
            InputStream body = new ByteArrayInputStream(bytes, (int) from, sent);
            return new Body(version, from, to, body, () -> {});
        }

        /** Other keys, as many. */
        private void change() {
            ByteBuffer bytes = ByteBuffer.wrap(objects.get(path).clone());
            for (int row = 0; row < bytes.capacity(); row += SyntheticTasks.ROW_BYTES) {
                bytes.putLong(row, bytes.getLong(row) % SyntheticTasks.KEYS + 1);
            }
            objects.put(path, bytes.array());
            changes.merge(path, 1, Integer::sum);
            world.note("store", path + " is written anew");
        }

        @Override
        public boolean mayTryAgain() {
            troubled.add(attempt);
            OptionalLong pauseMs = budget.pauseAfterFailure(nowMs);
            nowMs += pauseMs.orElse(0);
            isGivenUp = pauseMs.isEmpty();
            return !isGivenUp;
        }

        @Override
        public void startAgain() {
            budget.startAgain();
        }

        @Override
        public KindlingException cutOff(long position, IOException cause) {
            return new KindlingException(
                    ErrorCode.INPUT_TRUNCATED,
                    "cannot read " + path + " behind byte " + position + ": " + cause.getMessage() + ", "
                            + budget.effort(nowMs));
        }
    }
}

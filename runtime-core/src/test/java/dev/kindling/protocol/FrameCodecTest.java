package dev.kindling.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FrameCodecTest {
    /** What decoding may allocate per byte of input; lists of attempts are the worst. */
    private static final int ALLOCATED_PER_BYTE = 40;

    /** Mostly the exception. */
    private static final int ALLOCATED_BESIDES = 4 << 10;

    @Test
    void everyFrameComesBackAsItWas() {
        FrameSamples samples = new FrameSamples(1);
        Set<Integer> tags = new HashSet<>();
        for (Class<?> type : FrameSamples.recordsOf(Frame.class)) {
            int tag = -1;
            for (int i = 0; i < 100; i++) {
                Frame frame = (Frame) samples.value(type);
                byte[] bytes = FrameCodec.encode(frame);
                Frame back = FrameCodec.decode(bytes);
                assertTrue(FrameSamples.isEqual(frame, back), () -> frame + " came back as " + back);
                tag = bytes[0];
            }
            assertTrue(tags.add(tag), type + " shares its tag");
        }
        assertEquals(FrameSamples.recordsOf(Frame.class).size(), tags.size());
    }

    @Test
    void placesAndSizesAreNotNegative() {
        AttemptId attempt = new AttemptId(3, 17, 0);
        for (AttemptId bad : List.of(new AttemptId(-1, 0, 0), new AttemptId(0, -1, 0), new AttemptId(0, 0, -1))) {
            assertRefused(new Frame.OutcomeReceived(bad));
        }
        for (TaskResult bad : List.of(
                new TaskResult.Stored(-1, 0),
                new TaskResult.MapWritten(0, new long[0], -1, 0),
                new TaskResult.PartWritten("file", "part-0", 0, -1))) {
            assertRefused(new Frame.AttemptFinished(
                    "e1", 7, attempt, List.of(new TaskDone(attempt, bad, TaskMetrics.NONE, List.of()))));
        }
        CachedBlockStatus status = new CachedBlockStatus(new CachedBlockId(1, 1, -1), 1, true, 1, 1);
        assertRefused(new Frame.CachedBlocksChanged("e1", 7, 1, List.of(status)));
    }

    /** What is read as one flag is as sound as what is read in full. */
    @Test
    void whatFollowsTheLastPartitionIsNotNegative() {
        AttemptId last = new AttemptId(3, Integer.MAX_VALUE, 1);

        assertEquals(new AttemptId(3, Integer.MAX_VALUE, 0), FrameParts.successor(last));
        assertEquals(new AttemptId(3, 8, 0), FrameParts.successor(new AttemptId(3, 7, 1)));
    }

    private static void assertRefused(Frame frame) {
        byte[] bytes = FrameCodec.encode(frame);
        ProtocolException refusal = assertThrows(ProtocolException.class, () -> FrameCodec.decode(bytes));
        assertTrue(refusal.getMessage().endsWith("negative"), refusal.getMessage());
    }

    @Test
    void everyResultFailureAndInputTravelsInsideItsFrame() {
        FrameSamples samples = new FrameSamples(2);
        AttemptId attempt = new AttemptId(3, 17, 0);
        for (Class<?> type : FrameSamples.recordsOf(TaskResult.class)) {
            returnsUnchanged(new Frame.AttemptFinished(
                    "e1",
                    7,
                    attempt,
                    List.of(new TaskDone(attempt, (TaskResult) samples.value(type), TaskMetrics.NONE, List.of()))));
        }
        for (Class<?> type : FrameSamples.recordsOf(TaskFailure.class)) {
            returnsUnchanged(new Frame.AttemptFailed(
                    "e1", 7, attempt, List.of(), attempt, (TaskFailure) samples.value(type), TaskMetrics.NONE));
        }
        for (Class<?> type : FrameSamples.recordsOf(TaskInput.class)) {
            TaskInput input = (TaskInput) samples.value(type);
            returnsUnchanged(new Frame.LaunchTasks(List.of(new TaskGroup(
                    List.of(new TaskLaunch(attempt, 1, 70_000, 2, new TreeMap<>(), List.of(input, input)))))));
        }
    }

    @Test
    void everyFrameOfADataConnectionComesBackAsItWas() {
        FrameSamples samples = new FrameSamples(8);
        Set<Integer> tags = new HashSet<>(Set.of(FrameCodec.CHUNK));
        for (Class<?> type : FrameSamples.recordsOf(DataFrame.class)) {
            int tag = -1;
            for (int i = 0; i < 50; i++) {
                DataFrame frame = (DataFrame) samples.value(type);
                byte[] bytes = FrameCodec.encode(frame);
                assertTrue(FrameSamples.isEqual(frame, FrameCodec.decodeData(bytes)), frame::toString);
                tag = bytes[0];
                for (int length = 0; length < bytes.length; length++) {
                    byte[] cut = Arrays.copyOf(bytes, length);
                    assertThrows(ProtocolException.class, () -> FrameCodec.decodeData(cut));
                }
                // A frame of one plane is none of the other.
                assertThrows(ProtocolException.class, () -> FrameCodec.decode(bytes));
            }
            assertTrue(tags.add(tag), type + " shares its tag");
        }
        assertEquals(1 + FrameSamples.recordsOf(DataFrame.class).size(), tags.size());
    }

    @Test
    void aBufferIsReadFromItsPositionToItsLimit() {
        Frame frame = new Frame.Shutdown("done");
        byte[] bytes = FrameCodec.encode(frame);
        for (ByteBuffer buffer : List.of(ByteBuffer.allocate(100), ByteBuffer.allocateDirect(100))) {
            buffer.position(5).put(6, bytes).position(6).limit(6 + bytes.length);

            assertEquals(frame, FrameCodec.decode(buffer));
            assertEquals(0, buffer.remaining());
        }
    }

    @Test
    void aThousandMapOutputsTakeFiveBytesEachAndTheirExecutorsAreWrittenOnce() {
        List<ExecutorAddress> executors = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            executors.add(
                    new ExecutorAddress("e" + i, 1L << 40, "10.0.0." + i, 7337, "host" + i, "/scratch/app/e" + i));
        }
        List<MapSource> sources = new ArrayList<>();
        for (int map = 0; map < 1000; map++) {
            sources.add(new MapSource(new AttemptId(4, map, 0), map % 10, 9000));
        }
        List<TaskGroup> groups = new ArrayList<>();
        for (int task = 0; task < 64; task++) {
            TaskInput input = new TaskInput.ShuffleInput(9, task, 4, List.copyOf(executors), sources);
            groups.add(new TaskGroup(
                    List.of(new TaskLaunch(new AttemptId(5, task, 0), 1, task, 0, new TreeMap<>(), List.of(input)))));
        }

        int bytes = FrameCodec.encode(new Frame.LaunchTasks(groups)).length;

        assertTrue(bytes < 64 * 5050 + 1000, bytes + " bytes");
    }

    @Test
    void aFrameAboveTheCapIsNeitherWrittenNorRead() {
        byte[] body = new byte[FrameCodec.MAX_FRAME_BYTES - 10];
        byte[] largest = FrameCodec.encode(new Frame.StageProgram(1, body));
        assertTrue(largest.length <= FrameCodec.MAX_FRAME_BYTES);
        assertArrayEquals(body, ((Frame.StageProgram) FrameCodec.decode(largest)).body());

        assertThrows(
                ProtocolException.class,
                () -> FrameCodec.encode(new Frame.StageProgram(1, new byte[FrameCodec.MAX_FRAME_BYTES])));
        assertThrows(ProtocolException.class, () -> FrameCodec.decode(new byte[FrameCodec.MAX_FRAME_BYTES + 1]));
    }

    @Test
    void everyCutAndEveryExtensionOfAFrameIsRefused() {
        FrameSamples samples = new FrameSamples(3);
        for (Class<?> type : FrameSamples.recordsOf(Frame.class)) {
            byte[] bytes = FrameCodec.encode((Frame) samples.value(type));
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThrows(ProtocolException.class, () -> FrameCodec.decode(cut));
            }
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThrows(ProtocolException.class, () -> FrameCodec.decode(longer));
        }
    }

    @Test
    void mutatedFramesThrowNothingElseAndAllocateASmallMultipleOfTheirSize() {
        FrameSamples samples = new FrameSamples(4);
        SplittableRandom random = new SplittableRandom(5);
        List<Class<?>> types = FrameSamples.recordsOf(Frame.class);
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = FrameCodec.encode((Frame) samples.value(types.get(i % types.size())));
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? 0xFF : random.nextInt());
            }
            refused += decodesWithinBounds(bytes);
        }
        assertTrue(refused > 700, refused + " were refused");
    }

    @Test
    void randomBytesThrowNothingElseAndAllocateASmallMultipleOfTheirSize() {
        SplittableRandom random = new SplittableRandom(6);
        int[] tags = FrameSamples.recordsOf(Frame.class).stream()
                .mapToInt(type -> FrameCodec.encode((Frame) new FrameSamples(7).value(type))[0])
                .toArray();
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            if (i % 4 != 0) {
                bytes[0] = (byte) tags[i % tags.length];
            }
            if (i % 3 == 0) {
                // Small numbers reach deeper: most bytes of a varint stop it.
                for (int j = 1; j < bytes.length; j++) {
                    bytes[j] &= 0x07;
                }
            }
            decodesWithinBounds(bytes);
        }
    }

    @Test
    void aLengthThatPromisesMoreThanThereIsIsRefusedBeforeAnythingIsAllocated() {
        byte[] bytes = FrameCodec.encode(new Frame.StageProgram(1, new byte[8 << 20]));
        byte[] cut = Arrays.copyOf(bytes, 32);

        assertEquals(1, decodesWithinBounds(cut));
    }

    @Test
    void theMessageNamesTheFieldAndNoContent() {
        byte[] bytes = FrameCodec.encode(new Frame.Shutdown("a private reason"));
        bytes[1] = 127;

        String message = assertThrows(ProtocolException.class, () -> FrameCodec.decode(bytes))
                .getMessage();

        assertTrue(message.contains("reason") && message.contains("at byte 2"), message);
        assertTrue(!message.contains("private"), message);
    }

    private static void returnsUnchanged(Frame frame) {
        assertTrue(FrameSamples.isEqual(frame, FrameCodec.decode(FrameCodec.encode(frame))), frame::toString);
    }

    /** Returns 1 when the bytes were refused. */
    private static int decodesWithinBounds(byte[] bytes) {
        long limit = ALLOCATED_PER_BYTE * (long) bytes.length + ALLOCATED_BESIDES;
        // The first refusal of a kind also links the code that makes its message: the second counts.
        if (allocatedBytes(bytes) > limit) {
            long allocated = allocatedBytes(bytes);
            assertTrue(allocated <= limit, () -> allocated + " bytes were allocated for " + Arrays.toString(bytes));
        }
        return failureOf(bytes) == null ? 0 : 1;
    }

    private static long allocatedBytes(byte[] bytes) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        failureOf(bytes);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static ProtocolException failureOf(byte[] bytes) {
        try {
            FrameCodec.decode(bytes);
            return null;
        } catch (RuntimeException e) {
            return assertInstanceOf(ProtocolException.class, e, "for " + Arrays.toString(bytes));
        }
    }
}

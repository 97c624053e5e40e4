package dev.kindling.executor.block;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.block.BlockFormat;
import dev.kindling.block.BlockHeader;
import dev.kindling.block.BlockParser;
import dev.kindling.executor.core.FetchEffect;
import dev.kindling.executor.core.FetchEvent;
import dev.kindling.executor.core.FetchEvent.Fault;
import dev.kindling.executor.core.FetchEvent.Route;
import dev.kindling.executor.core.FetchScheduler;
import dev.kindling.executor.core.FetchSettings;
import dev.kindling.metrics.FetchWaitEvent;
import dev.kindling.metrics.Recorder;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.BlockRequest;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import dev.kindling.rpc.BlockClient;
import dev.kindling.rpc.BlockReceiver;
import dev.kindling.rpc.BlockStream;
import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The shell of a {@link FetchScheduler}, and what a reduce task reads from: it asks peers, reads what lies on this
 * machine, checks every block and hands it out. Owned by the task's thread, which also drives the scheduler; network
 * threads only put arrivals into the inbox.
 *
 * <p>The inbox holds no more than the open windows of the scheduler, since a peer sends only what it has credit for, and
 * credit returns as the task takes. What has arrived comes first; otherwise the next piece of this machine's files;
 * only when there is neither does the task wait. Nothing that was handed out comes again: a repeated request skips the
 * bytes of the blocks that were whole.
 */
public final class ShuffleFetcher implements BlockSource {
    /** The scheduler hears of time so often while the task waits. */
    private static final int TICK_MS = 50;

    private final TaskInput.ShuffleInput input;
    private final int firstBucket;
    private final int endBucket;
    private final LocalPeers localPeers;
    private final HostOutputs hostOutputs;
    private final int windowBytes;
    private final BlockClient client;
    private final FetchScheduler scheduler;

    private final BlockingQueue<Arrival> inbox = new LinkedBlockingQueue<>();
    private final Map<Integer, Answer> answers = new HashMap<>();
    private final ArrayDeque<LocalReading> localReadings = new ArrayDeque<>();

    /** Bytes of whole blocks handed out, by map. */
    private final long[] takenBytes;

    /** The answer whose last piece still has blocks in it; null when another piece is due. */
    private Answer parsing;

    private TaskFailure.FetchFailed failure;
    private boolean isDone;
    private long localBytes;
    private long remoteBytes;
    private long waitNanos;

    /**
     * @param endBucket behind the last one
     * @param self the executor that reads: its host key says whose files it can open
     * @param localPeers executors of this JVM
     * @param own of the executor that reads
     */
    public ShuffleFetcher(
            TaskInput.ShuffleInput input,
            int firstBucket,
            int endBucket,
            FetchSettings settings,
            ExecutorAddress self,
            LocalPeers localPeers,
            BlockStore own,
            BlockClient client) {
        this.input = input;
        this.firstBucket = firstBucket;
        this.endBucket = endBucket;
        this.localPeers = localPeers;
        this.hostOutputs = own.hostOutputs();
        this.windowBytes = hostOutputs.windowBytesFor(input.sources().size());
        this.client = client;
        takenBytes = new long[input.sources().size()];
        scheduler = new FetchScheduler(settings, input.leafPartition());
        List<Route> routes = new ArrayList<>();
        for (ExecutorAddress executor : input.executors()) {
            routes.add(routeTo(executor, self));
        }
        tell(new FetchEvent.Started(input, routes));
    }

    private Route routeTo(ExecutorAddress executor, ExecutorAddress self) {
        if (executor.port() == 0 || localPeers.find(executor).isPresent()) {
            return Route.SAME_PROCESS;
        }
        return !self.hostKey().isEmpty() && self.hostKey().equals(executor.hostKey()) ? Route.SAME_HOST : Route.REMOTE;
    }

    // ---- the task's view ------------------------------------------------------------------------------------------

    @Override
    public FetchedBlock next() throws IOException {
        while (true) {
            FetchedBlock block = parsing == null ? null : nextParsed();
            if (block != null) {
                return block;
            }
            if (failure != null) {
                throw new FetchFailedException(
                        failure.shuffleId(), failure.mapAttempt(), failure.executorId(), failure.message(), null);
            }
            if (isDone) {
                return null;
            }
            takeMore();
        }
    }

    /** Leaves something in {@link #parsing}, or brings the scheduler further. */
    private void takeMore() throws IOException {
        Arrival arrival = inbox.poll();
        if (arrival == null && !localReadings.isEmpty()) {
            localReadings.peek().readPiece();
            return;
        }
        if (arrival == null) {
            arrival = waitForArrival();
        }
        arrival.take();
    }

    private Arrival waitForArrival() throws IOException {
        Optional<FetchWaitEvent> wait = Recorder.fetchWait();
        long start = System.nanoTime();
        tell(new FetchEvent.WaitStarted());
        try {
            while (true) {
                Arrival arrival = inbox.poll(TICK_MS, TimeUnit.MILLISECONDS);
                if (arrival != null) {
                    return arrival;
                }
                tell(new FetchEvent.Tick());
                if (failure != null || !localReadings.isEmpty()) {
                    return () -> {};
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for blocks of shuffle " + input.shuffleId());
        } finally {
            waitNanos += System.nanoTime() - start;
            if (wait.isPresent()) {
                record(wait.get());
            }
        }
    }

    private void record(FetchWaitEvent wait) {
        wait.end();
        if (wait.shouldCommit()) {
            wait.shuffleId = input.shuffleId();
            wait.partition = input.leafPartition();
            wait.commit();
        }
    }

    @Override
    public long localBytes() {
        return localBytes;
    }

    @Override
    public long remoteBytes() {
        return remoteBytes;
    }

    @Override
    public long waitNanos() {
        return waitNanos;
    }

    @Override
    public void close() throws IOException {
        isDone = true;
        parsing = null;
        for (Answer answer : answers.values()) {
            answer.isWanted = false;
            answer.cancel();
        }
        answers.clear();
        inbox.clear();
        for (LocalReading reading : localReadings) {
            reading.closeRange();
        }
        localReadings.clear();
    }

    // ---- the scheduler --------------------------------------------------------------------------------------------

    private void tell(FetchEvent event) {
        scheduler.on(System.nanoTime() / 1_000_000L, event, this::perform);
    }

    /** Never calls back into the scheduler. */
    private void perform(FetchEffect effect) {
        if (effect instanceof FetchEffect.Request e) {
            request(e);
        } else if (effect instanceof FetchEffect.ReadLocal e) {
            Answer answer = new Answer(e.requestId(), e.maps(), true);
            answers.put(e.requestId(), answer);
            localReadings.add(new LocalReading(answer, input.executors().get(e.executor()), e.route()));
        } else if (effect instanceof FetchEffect.Cancel e) {
            forget(e.requestId()).ifPresent(Answer::abandon);
        } else if (effect instanceof FetchEffect.GiveUp e) {
            failure = e.failure();
        } else if (effect instanceof FetchEffect.Done) {
            isDone = true;
        }
    }

    private Optional<Answer> forget(int requestId) {
        Optional<Answer> answer = Optional.ofNullable(answers.remove(requestId));
        answer.ifPresent(forgotten -> forgotten.isWanted = false);
        return answer;
    }

    private void request(FetchEffect.Request e) {
        List<BlockRequest.MapRange> ranges = new ArrayList<>(e.maps().size());
        for (int map : e.maps()) {
            ranges.add(new BlockRequest.MapRange(input.sources().get(map).mapAttempt(), takenBytes[map]));
        }
        BlockRequest request = new BlockRequest(input.shuffleId(), firstBucket, endBucket, ranges);
        ExecutorAddress executor = input.executors().get(e.executor());
        Answer answer = new Answer(e.requestId(), e.maps(), false);
        answers.put(e.requestId(), answer);
        answer.stream =
                client.fetchBlocks(executor.host(), executor.port(), request, e.windowBytes(), new Inbox(answer));
    }

    // ---- one answer -----------------------------------------------------------------------------------------------

    /** Something a network thread left for the task; done by the task's thread. */
    @FunctionalInterface
    private interface Arrival {
        void take() throws IOException;
    }

    /** Puts what arrives for one answer into the inbox; the only part that network threads run. */
    private final class Inbox implements BlockReceiver {
        private final Answer answer;

        Inbox(Answer answer) {
            this.answer = answer;
        }

        @Override
        public void started(int index, long byteCount) {
            inbox.add(() -> answer.start(index, byteCount));
        }

        @Override
        public void arrived(byte[] bytes) {
            inbox.add(() -> answer.feed(bytes));
        }

        @Override
        public void refused(int index, boolean isAbsent, String why) {
            inbox.add(() -> answer.refuse(index, isAbsent ? Fault.ABSENT : Fault.UNREADABLE, why));
        }

        @Override
        public void ended() {
            inbox.add(answer::end);
        }

        @Override
        public void failed(String why) {
            inbox.add(() -> answer.fail(why));
        }
    }

    /** What one request has brought so far; of one map output at a time. */
    private final class Answer {
        private final int requestId;
        private final List<Integer> maps;
        private final boolean isLocal;
        private BlockStream stream;

        /** Until it has ended or the scheduler gives it up: what comes after that is passed over. */
        private boolean isWanted = true;

        private int index;
        private long bytesLeft;
        private BlockParser parser;

        /** A block of the current map was bad: the rest of it is passed over. */
        private boolean isMapOver;

        private int wholeBlocks;

        Answer(int requestId, List<Integer> maps, boolean isLocal) {
            this.requestId = requestId;
            this.maps = maps;
            this.isLocal = isLocal;
        }

        private int map() {
            return maps.get(index);
        }

        void start(int startedIndex, long byteCount) {
            if (isWanted) {
                index = startedIndex;
                bytesLeft = byteCount;
                isMapOver = false;
                parser = new BlockParser();
                finishMapIfWhole();
            }
        }

        void feed(byte[] bytes) {
            if (!isWanted) {
                return;
            }
            bytesLeft -= bytes.length;
            if (isLocal) {
                localBytes += bytes.length;
            } else {
                remoteBytes += bytes.length;
                stream.consumed(bytes.length);
            }
            tell(new FetchEvent.BytesTaken(requestId, bytes.length, wholeBlocks));
            wholeBlocks = 0;
            if (!isMapOver) {
                parser.feed(bytes, 0, bytes.length);
                parsing = this;
            }
        }

        /** Called when the parser wants more. */
        void finishMapIfWhole() {
            if (bytesLeft > 0 || isMapOver) {
                return;
            }
            try {
                parser.finish();
            } catch (KindlingException e) {
                refuse(index, Fault.CORRUPT, e.getMessage());
                return;
            }
            isMapOver = true;
            tell(new FetchEvent.MapFinished(requestId, map()));
        }

        void refuse(int refusedIndex, Fault fault, String why) {
            if (isWanted) {
                index = refusedIndex;
                isMapOver = true;
                tell(new FetchEvent.MapFailed(requestId, map(), fault, why));
            }
        }

        void end() {
            if (isWanted) {
                forget(requestId);
                tell(new FetchEvent.RequestEnded(requestId));
            }
        }

        void fail(String why) {
            if (isWanted) {
                tell(new FetchEvent.BytesTaken(requestId, 0, wholeBlocks));
                forget(requestId);
                tell(new FetchEvent.RequestFailed(requestId, why));
            }
        }

        void cancel() {
            if (stream != null) {
                stream.cancel();
            }
        }

        /** It brought nothing for too long: the next try shall not wait in the same connection. */
        void abandon() {
            if (stream != null) {
                stream.abandon();
            }
        }
    }

    /** The next whole block of the piece fed last, or null when there is none. */
    private FetchedBlock nextParsed() {
        Answer answer = parsing;
        BlockParser parser = answer.parser;
        int map = answer.map();
        try {
            while (parser.next()) {
                BlockHeader header = parser.header();
                requireWanted(header, map);
                takenBytes[map] += BlockFormat.HEADER_BYTES + header.length();
                answer.wholeBlocks++;
                if (header.rowCount() > 0) {
                    return new FetchedBlock(
                            map,
                            input.sources().get(map).mapAttempt(),
                            header.bucket(),
                            header.rowCount(),
                            parser.bytes(),
                            parser.offset(),
                            header.length());
                }
            }
            parsing = null;
            answer.finishMapIfWhole();
        } catch (KindlingException e) {
            parsing = null;
            answer.refuse(answer.index, Fault.CORRUPT, e.getMessage());
        }
        return null;
    }

    /** A sound block of another bucket or attempt is as wrong as a broken one. */
    private void requireWanted(BlockHeader header, int map) {
        AttemptId attempt = input.sources().get(map).mapAttempt();
        boolean isWanted = header.shuffleId() == input.shuffleId()
                && header.stageId() == attempt.stageId()
                && header.mapPartition() == attempt.partition()
                && header.attempt() == attempt.attempt()
                && header.bucket() >= firstBucket
                && header.bucket() < endBucket;
        if (!isWanted) {
            throw new KindlingException(
                    ErrorCode.CORRUPT_DATA,
                    "buckets " + firstBucket + " to " + endBucket + " of map output " + attempt
                            + " were asked for, but " + header + " came");
        }
    }

    // ---- this machine ---------------------------------------------------------------------------------------------

    /** Map outputs of one executor of this machine, read one after the other as the task wants more. */
    private final class LocalReading {
        private final Answer answer;
        private final ExecutorAddress executor;

        /** Null where the executor lives in this process. */
        private final HostOutputs.OfExecutor files;

        private final Route route;
        private int nextIndex;
        private LocalRange range;

        LocalReading(Answer answer, ExecutorAddress executor, Route route) {
            this.answer = answer;
            this.executor = executor;
            this.files = route == Route.SAME_PROCESS ? null : hostOutputs.of(Path.of(executor.scratchDirectory()));
            this.route = route;
        }

        void readPiece() throws IOException {
            if (range != null && range.hasMore() && !answer.isMapOver) {
                try {
                    answer.feed(range.nextPiece());
                } catch (IOException e) {
                    closeRange();
                    answer.refuse(answer.index, Fault.UNREADABLE, String.valueOf(e.getMessage()));
                }
                return;
            }
            closeRange();
            if (nextIndex == answer.maps.size() || !answer.isWanted) {
                localReadings.remove(this);
                answer.end();
            } else {
                openNext();
            }
        }

        private void openNext() {
            int index = nextIndex++;
            int map = answer.maps.get(index);
            try {
                Optional<ServedRange> found = find(input.sources().get(map).mapAttempt());
                if (found.isEmpty()) {
                    answer.refuse(index, Fault.ABSENT, "it is not in " + executor.scratchDirectory());
                    return;
                }
                range = new LocalRange(found.get(), takenBytes[map]);
                answer.start(index, found.get().byteCount() - takenBytes[map]);
            } catch (KindlingException e) {
                answer.refuse(index, Fault.CORRUPT, e.getMessage());
            } catch (IOException e) {
                answer.refuse(index, Fault.UNREADABLE, e.toString());
            }
        }

        private Optional<ServedRange> find(AttemptId map) throws IOException {
            if (route == Route.SAME_PROCESS) {
                Optional<BlockStore> peer = localPeers.find(executor);
                return peer.isEmpty()
                        ? Optional.empty()
                        : peer.get().openRange(input.shuffleId(), map, firstBucket, endBucket, windowBytes);
            }
            return files.open(input.shuffleId(), map, firstBucket, endBucket, windowBytes);
        }

        void closeRange() throws IOException {
            if (range != null) {
                range.close();
                range = null;
            }
        }
    }
}

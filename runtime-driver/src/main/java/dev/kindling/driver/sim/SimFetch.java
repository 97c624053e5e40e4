package dev.kindling.driver.sim;

import dev.kindling.api.KindlingException;
import dev.kindling.block.BlockParser;
import dev.kindling.executor.block.BlockSource.FetchedBlock;
import dev.kindling.executor.core.FetchEffect;
import dev.kindling.executor.core.FetchEvent;
import dev.kindling.executor.core.FetchScheduler;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.MapSource;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import dev.kindling.sim.FaultKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The fetching of one reduce task, before its body runs: the real {@link FetchScheduler} over the simulated network.
 * An answer carries all blocks of a request; it is lost, doubled, late or corrupted as one message.
 */
final class SimFetch {
    private static final int TICK_MS = 400;

    private final SimExecutor reader;
    private final TaskInput.ShuffleInput input;
    private final int firstBucket;
    private final int endBucket;
    private final FetchScheduler scheduler;
    private final boolean[] isTaken;
    private final FetchPatience patience;
    private final List<FetchedBlock> blocks = new ArrayList<>();
    private final Runnable whenDone;
    private final Consumer<TaskFailure.FetchFailed> whenGivenUp;
    private boolean isStopped;

    SimFetch(
            SimExecutor reader,
            TaskInput.ShuffleInput input,
            int bucketsPerPartition,
            int rotation,
            Runnable whenDone,
            Consumer<TaskFailure.FetchFailed> whenGivenUp) {
        this.reader = reader;
        this.input = input;
        this.isTaken = new boolean[input.sources().size()];
        this.patience = new FetchPatience(input);
        this.firstBucket = input.leafPartition() * bucketsPerPartition;
        this.endBucket = firstBucket + bucketsPerPartition;
        this.scheduler = reader.cluster.cores.fetch().apply(rotation);
        this.whenDone = whenDone;
        this.whenGivenUp = whenGivenUp;
    }

    TaskInput.ShuffleInput input() {
        return input;
    }

    List<FetchedBlock> blocks() {
        return blocks;
    }

    void start() {
        List<FetchEvent.Route> routes = new ArrayList<>();
        for (ExecutorAddress holder : input.executors()) {
            routes.add(reader.isAt(holder) ? FetchEvent.Route.SAME_PROCESS : FetchEvent.Route.REMOTE);
        }
        on(new FetchEvent.Started(input, routes));
        on(new FetchEvent.WaitStarted());
        tickLater();
    }

    void stop() {
        isStopped = true;
    }

    private void tickLater() {
        if (!isStopped && !scheduler.isOver()) {
            reader.in(TICK_MS, () -> {
                on(new FetchEvent.Tick());
                tickLater();
            });
        }
    }

    private void on(FetchEvent event) {
        if (isStopped) {
            return;
        }
        patience.happened(event);
        List<FetchEffect> effects = new ArrayList<>();
        scheduler.on(reader.nowMs(), event, effects::add);
        effects.forEach(this::perform);
    }

    private void perform(FetchEffect effect) {
        patience.decided(effect);
        if (effect instanceof FetchEffect.Request e) {
            ask(e);
        } else if (effect instanceof FetchEffect.ReadLocal e) {
            reader.in(1, () -> arrived(e.requestId(), e.maps(), read(reader.disk, e.maps()), false));
        } else if (effect instanceof FetchEffect.GiveUp e) {
            whenGivenUp.accept(e.failure());
        } else if (effect instanceof FetchEffect.Done) {
            whenDone.run();
        }
    }

    private List<byte[]> read(SimDisk disk, List<Integer> maps) {
        List<byte[]> answers = new ArrayList<>();
        for (int map : maps) {
            MapSource source = input.sources().get(map);
            answers.add(disk.blocks(input.shuffleId(), source.mapAttempt(), firstBucket, endBucket));
        }
        return answers;
    }

    private void ask(FetchEffect.Request request) {
        ExecutorAddress holder = input.executors().get(request.executor());
        SimExecutor at = reader.cluster.process(holder.executorId(), holder.incarnation());
        if (at == null) {
            reader.in(2, () -> on(new FetchEvent.RequestFailed(request.requestId(), "connection refused")));
            return;
        }
        reader.links.to(
                at.node(), () -> ask(request, at), why -> on(new FetchEvent.RequestFailed(request.requestId(), why)));
    }

    private void ask(FetchEffect.Request request, SimExecutor at) {
        reader.cluster.network.send(
                reader.node(),
                at.node(),
                new byte[0],
                nothing -> at.run(() -> {
                    List<byte[]> answers = read(at.disk, request.maps());
                    reader.cluster.network.send(
                            at.node(),
                            reader.node(),
                            new byte[0],
                            again -> reader.run(() -> arrived(request.requestId(), request.maps(), answers, true)));
                }));
    }

    private void arrived(int requestId, List<Integer> maps, List<byte[]> answers, boolean isRemote) {
        for (int index = 0; index < maps.size(); index++) {
            int map = maps.get(index);
            byte[] answer = answers.get(index);
            if (answer == null) {
                on(new FetchEvent.MapFailed(requestId, map, FetchEvent.Fault.ABSENT, "no such map output"));
                continue;
            }
            byte[] bytes = answer;
            if (isRemote && reader.cluster.faults.strikes(FaultKind.CORRUPT)) {
                bytes = answer.clone();
                SimDisk.flip(bytes, reader.cluster.faults.random(FaultKind.CORRUPT));
            }
            take(requestId, map, bytes);
        }
        on(new FetchEvent.RequestEnded(requestId));
    }

    private void take(int requestId, int map, byte[] bytes) {
        List<FetchedBlock> parsed = new ArrayList<>();
        try {
            BlockParser parser = new BlockParser();
            parser.feed(bytes, 0, bytes.length);
            while (parser.next()) {
                parsed.add(new FetchedBlock(
                        map,
                        input.sources().get(map).mapAttempt(),
                        parser.header().bucket(),
                        parser.header().rowCount(),
                        parser.bytes(),
                        parser.offset(),
                        parser.header().length()));
            }
            parser.finish();
        } catch (KindlingException e) {
            on(new FetchEvent.MapFailed(requestId, map, FetchEvent.Fault.CORRUPT, e.getMessage()));
            return;
        }
        on(new FetchEvent.BytesTaken(requestId, bytes.length, parsed.size()));
        if (!isTaken[map]) {
            isTaken[map] = true;
            blocks.addAll(parsed);
        }
        on(new FetchEvent.MapFinished(requestId, map));
    }
}

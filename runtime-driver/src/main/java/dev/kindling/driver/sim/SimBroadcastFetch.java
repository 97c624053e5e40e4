package dev.kindling.driver.sim;

import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.block.BlockFormat;
import dev.kindling.executor.core.BroadcastFetch;
import dev.kindling.executor.core.BroadcastFetch.Fault;
import dev.kindling.executor.core.BroadcastFetch.Peer;
import dev.kindling.executor.core.BroadcastFetch.Step;
import dev.kindling.sim.FaultKind;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The fetching of a broadcast value before a task's body runs: the real {@link BroadcastFetch} over the simulated
 * network, one question at a time. A peer is found by the name of its process.
 */
final class SimBroadcastFetch {
    private static final int TIMEOUT_MS = 4_000;

    private final SimExecutor reader;
    private final BroadcastKey key;
    private final Runnable whenDone;
    private final Consumer<Step.GiveUp> whenGivenUp;
    private SimDisk.BroadcastBlocks blocks;
    private BroadcastFetch fetch;
    private int stepNumber;
    private boolean isStopped;

    SimBroadcastFetch(SimExecutor reader, BroadcastKey key, Runnable whenDone, Consumer<Step.GiveUp> whenGivenUp) {
        this.reader = reader;
        this.key = key;
        this.whenDone = whenDone;
        this.whenGivenUp = whenGivenUp;
    }

    void start() {
        blocks = reader.disk.broadcast(key.id());
        fetch = new BroadcastFetch(key.blockCount(), blocks.present(), reader.incarnation);
        next();
    }

    void stop() {
        isStopped = true;
    }

    private void next() {
        if (isStopped) {
            return;
        }
        if (blocks.isDropped()) {
            start();
            return;
        }
        Step step = fetch.next();
        int number = ++stepNumber;
        if (step instanceof Step.Done) {
            whenDone.run();
        } else if (step instanceof Step.GiveUp end) {
            whenGivenUp.accept(end);
        } else if (step instanceof Step.Pause pause) {
            reader.in(pause.ms(), this::next);
        } else if (step instanceof Step.FindPeers) {
            ask(
                    step,
                    number,
                    "driver",
                    () -> reader.cluster.broadcasts.peersFor(key.id(), reader.name()),
                    names -> fetch.peersFound(
                            names.stream().map(name -> new Peer(name, 0)).toList()));
        } else if (step instanceof Step.AskHeld held) {
            SimExecutor peer = reader.cluster.processNamed(held.peer().host());
            ask(
                    step,
                    number,
                    held.peer().host(),
                    () -> peer.disk.broadcast(key.id()).present(),
                    present -> fetch.heldFound(held.peer(), present));
        } else if (step instanceof Step.Fetch one) {
            fetchBlock(one, number);
        }
    }

    private void fetchBlock(Step.Fetch step, int number) {
        String from = step.peer().map(Peer::host).orElse("driver");
        SimExecutor peer = reader.cluster.processNamed(from);
        ask(
                step,
                number,
                from,
                () -> step.peer().isEmpty()
                        ? reader.cluster.broadcasts.block(key.id(), step.block())
                        : peer.disk.broadcast(key.id()).block(step.block()),
                bytes -> came(step, bytes.clone()));
    }

    private void came(Step.Fetch step, byte[] bytes) {
        if (reader.cluster.faults.strikes(FaultKind.CORRUPT)) {
            SimDisk.flip(bytes, reader.cluster.faults.random(FaultKind.CORRUPT));
        }
        if (BlockFormat.crcOf(bytes, 0, bytes.length) == key.checksums()[step.block()]) {
            blocks.put(step.block(), bytes);
            fetch.blockCame(step);
        } else {
            fetch.failed(step, Fault.CORRUPT, "checksum");
        }
    }

    /** A question and its answer, null for what is not there, each of which may be lost, late or doubled. */
    private <A> void ask(Step step, int number, String whom, Supplier<A> answerer, Consumer<A> whenCame) {
        SimExecutor peer = reader.cluster.processNamed(whom);
        if (peer == null && !whom.equals("driver")) {
            reader.in(2, () -> end(number, () -> fetch.failed(step, Fault.UNREACHABLE, "connection refused")));
            return;
        }
        int node = peer == null ? SimCluster.DRIVER : peer.node();
        Runnable answer = () -> {
            A found = answerer.get();
            reader.cluster.network.send(
                    node,
                    reader.node(),
                    new byte[0],
                    nothing -> reader.run(() -> end(number, () -> {
                        if (found == null) {
                            fetch.failed(step, Fault.ABSENT, "not here");
                        } else {
                            whenCame.accept(found);
                        }
                    })));
        };
        Runnable question = () -> reader.cluster.network.send(reader.node(), node, new byte[0], nothing -> {
            if (peer == null) {
                reader.cluster.driver.run(answer);
            } else {
                peer.run(answer);
            }
        });
        reader.links.to(node, question, why -> end(number, () -> fetch.failed(step, Fault.UNREACHABLE, why)));
        reader.in(TIMEOUT_MS, () -> end(number, () -> fetch.failed(step, Fault.UNREACHABLE, "no answer")));
    }

    /** Only the first end of a step counts. */
    private void end(int number, Runnable how) {
        if (!isStopped && number == stepNumber) {
            stepNumber++;
            how.run();
            next();
        }
    }
}

package dev.kindling.driver.sim;

import dev.kindling.executor.core.ExecutorEffect;
import dev.kindling.executor.core.ExecutorEvent;
import dev.kindling.sim.FaultKind;

/** One copy of a map output of another simulated executor: asked for over the network, checked, kept, and answered once. */
final class SimCopy {
    private static final int TIMEOUT_MS = 4_000;

    private final SimExecutor to;
    private final ExecutorEffect.CopyMapOutput order;
    private boolean isOver;

    SimCopy(SimExecutor to, ExecutorEffect.CopyMapOutput order) {
        this.to = to;
        this.order = order;
    }

    void start() {
        SimExecutor from =
                to.cluster.process(order.from().executorId(), order.from().incarnation());
        if (to.disk.whole(order.shuffleId(), order.attempt()) != null) {
            to.in(1, () -> end(true));
            return;
        }
        if (from == null) {
            to.in(2, () -> end(false));
            return;
        }
        to.links.to(from.node(), () -> ask(from), why -> end(false));
        to.in(TIMEOUT_MS, () -> end(false));
    }

    private void ask(SimExecutor from) {
        to.cluster.network.send(
                to.node(),
                from.node(),
                new byte[0],
                nothing -> from.run(() -> {
                    SimDisk.MapOutput found = from.disk.whole(order.shuffleId(), order.attempt());
                    SimDisk.MapOutput sent = found == null ? null : found.copy();
                    to.cluster.network.send(from.node(), to.node(), new byte[0], again -> to.run(() -> arrived(sent)));
                }));
    }

    private void arrived(SimDisk.MapOutput sent) {
        if (isOver || sent == null) {
            end(false);
            return;
        }
        if (to.cluster.faults.strikes(FaultKind.CORRUPT)) {
            SimDisk.flip(sent.bytes(), to.cluster.faults.random(FaultKind.CORRUPT));
        }
        end(sent.isWhole() && to.disk.keepCopy(order.shuffleId(), order.attempt(), sent));
    }

    private void end(boolean isHeld) {
        if (!isOver) {
            isOver = true;
            to.on(new ExecutorEvent.MapOutputCopied(order.shuffleId(), order.attempt(), isHeld));
        }
    }
}

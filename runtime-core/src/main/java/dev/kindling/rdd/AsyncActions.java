package dev.kindling.rdd;

import dev.kindling.api.FutureAction;
import dev.kindling.api.function.VoidFunction;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.StageBody;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;

/** The asynchronous actions of one set, called from one place of the program. */
final class AsyncActions<T> {
    private final SetHandle<T> set;
    private final Plans plans;
    private final SortedMap<String, String> properties;

    AsyncActions(SetHandle<T> set, Plans plans) {
        this.set = set;
        this.plans = plans;
        this.properties = set.session.propertiesOfThisThread();
    }

    FutureAction<Long> count() {
        AsyncAction<Long> action = newAction();
        long[] sum = {0};
        run(action, Actions.CountRows.ALL, all(), (p, count) -> sum[0] += (Long) count, () -> action.complete(sum[0]));
        return action;
    }

    FutureAction<List<T>> collect() {
        AsyncAction<List<T>> action = newAction();
        List<T> rows = new ArrayList<>();
        List<Integer> all = all();
        run(
                action,
                Actions.CollectRows.ALL,
                all,
                new InPartitionOrder(all, (p, part) -> rows.addAll(Plans.erased(part))),
                () -> action.complete(rows));
        return action;
    }

    FutureAction<List<T>> take(int n) {
        AsyncAction<List<T>> action = newAction();
        takeMore(action, n, 0, new ArrayList<>());
        return action;
    }

    /** One partition first, then four times as many as were read so far, until there are enough rows. */
    private void takeMore(AsyncAction<List<T>> action, int n, int read, List<T> taken) {
        if (taken.size() >= n || read >= set.getNumPartitions()) {
            action.complete(taken);
            return;
        }
        int end = read == 0 ? 1 : (int) Math.min(set.getNumPartitions(), 5L * read);
        List<Integer> wanted = IntStream.range(read, end).boxed().toList();
        run(
                action,
                new Actions.TakeRows(n - taken.size()),
                wanted,
                new InPartitionOrder(wanted, (p, rows) -> {
                    List<T> part = Plans.erased(rows);
                    taken.addAll(part.subList(0, Math.min(part.size(), n - taken.size())));
                }),
                () -> takeMore(action, n, end, taken));
    }

    FutureAction<Void> foreach(VoidFunction<? super T> f) {
        return forAll(new Actions.ForEachRow(plans.travelling(f)));
    }

    FutureAction<Void> foreachPartition(VoidFunction<Iterator<T>> f) {
        return forAll(new Actions.ForPartition(plans.travelling(f)));
    }

    private FutureAction<Void> forAll(PartitionFunction function) {
        AsyncAction<Void> action = newAction();
        run(action, function, all(), (p, nothing) -> {}, () -> action.complete(null));
        return action;
    }

    private <R> AsyncAction<R> newAction() {
        return new AsyncAction<>(set.session.runner());
    }

    private List<Integer> all() {
        return SetHandle.firstPartitions(set.getNumPartitions());
    }

    private void run(
            AsyncAction<?> action,
            PartitionFunction function,
            List<Integer> wanted,
            JobRunner.PartitionResults results,
            Runnable afterwards) {
        if (wanted.isEmpty()) {
            afterwards.run();
        } else {
            action.run(
                    set.session.request(
                            plans.origin(), set.node, new StageBody.Sink.Result(function), wanted, properties),
                    results,
                    afterwards);
        }
    }
}

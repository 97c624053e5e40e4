package dev.kindling.driver.plan;

import dev.kindling.api.Tuple2;
import dev.kindling.plan.PartitionFunction;
import dev.kindling.plan.TaskRows;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Keys of one partition: a list of the number of rows read, then up to {@code size} keys, each row with the same
 * chance. Seeded by the partition, so that another attempt answers the same.
 */
record SampleKeys(int size) implements PartitionFunction {
    @Override
    public Object call(int partition, TaskRows rows) {
        List<Object> answer = new ArrayList<>();
        answer.add(0L);
        SplittableRandom random = new SplittableRandom(partition);
        long count = 0;
        while (rows.hasNext()) {
            Object key = ((Tuple2<?, ?>) rows.next())._1();
            count++;
            if (count <= size) {
                answer.add(rows.keep(key));
                continue;
            }
            long slot = random.nextLong(count);
            if (slot < size) {
                answer.set(1 + (int) slot, rows.keep(key));
            }
        }
        answer.set(0, count);
        return answer;
    }

    @Override
    public boolean isLookAhead() {
        return true;
    }
}

package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.Tuple2;
import dev.kindling.testcluster.YarnCluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs whose driver is this process and whose executors are containers of a real, small YARN. */
class ClientModeIT {
    private static KindlingConf conf(YarnCluster cluster) {
        return new KindlingConf()
                .setAll(cluster.settings())
                .set("kindling.executor.memory", "128m")
                .set("kindling.executor.count", "2");
    }

    @Test
    void jobWithAShuffleRunsInContainersAndNothingIsLeft() throws Exception {
        YarnCluster cluster = YarnCluster.shared();
        try (KindlingContext kindling = new KindlingContext("yarn", "first", conf(cluster))) {
            List<Tuple2<Long, Long>> counts = kindling.range(0, 1_000, 1, 4)
                    .mapToPair(i -> Tuple2.of(i % 3, 1L))
                    .reduceByKey(Long::sum)
                    .sortByKey()
                    .collect();

            assertEquals(
                    List.of(Tuple2.of(0L, 334L), Tuple2.of(1L, 333L), Tuple2.of(2L, 333L)), new ArrayList<>(counts));
            assertEquals(2, cluster.list("containers").size());
        }

        String application = cluster.list("applications").get(0);
        Await.until(() -> cluster.list("containers").isEmpty(), "no container is left");
        Await.until(() -> cluster.tell("state " + application).equals("FINISHED SUCCEEDED"), "it has succeeded");
    }
}

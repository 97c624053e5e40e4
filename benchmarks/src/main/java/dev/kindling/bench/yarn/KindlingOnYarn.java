package dev.kindling.bench.yarn;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.bench.work.OnYarn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The program that is measured, for Kindling. */
public final class KindlingOnYarn implements OnYarn.Engine {
    private final KindlingContext kindling;
    private PairRDD<Long, Long> counts;

    private KindlingOnYarn(KindlingContext kindling) {
        this.kindling = kindling;
    }

    /** @param args those of {@link OnYarn} */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (KindlingContext kindling = new KindlingContext("yarn", "on YARN")) {
            OnYarn.run(new KindlingOnYarn(kindling), args);
        }
    }

    @Override
    public List<String> places() {
        return kindling.range(0, 4, 1, 4).map(i -> OnYarn.place()).collect();
    }

    @Override
    public void shuffle(Path ran) {
        if (counts == null) {
            String file = ran.toString();
            counts = kindling.range(0, OnYarn.MAP_TASKS, 1, OnYarn.MAP_TASKS)
                    .mapToPair(i -> {
                        OnYarn.ran(file);
                        return Tuple2.of(i % 3, 1L);
                    })
                    .reduceByKey(Long::sum);
        }
        counts.count();
    }
}

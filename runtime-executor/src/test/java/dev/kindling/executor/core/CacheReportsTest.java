package dev.kindling.executor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.CachedBlockStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheReportsTest {
    private final CacheReports reports = new CacheReports();

    private static CachedBlockStatus held(int partition, long version) {
        return new CachedBlockStatus(new CachedBlockId(1, 1, partition), version, true, 10, 0);
    }

    @Test
    void laterChangeOfABlockIsToldInWhateverOrderTheyCome() {
        CachedBlockStatus gone = CachedBlockStatus.gone(new CachedBlockId(1, 1, 0), 2);
        reports.add(gone);
        reports.add(held(0, 1));

        assertEquals(List.of(gone), reports.unacknowledged().get(0).changes());
    }

    @Test
    void changeIsToldUntilItIsAcknowledgedAndNotLonger() {
        reports.add(held(0, 1));
        long sequence = reports.unacknowledged().get(0).sequence();
        assertFalse(reports.hasUnsent());
        assertEquals(1, reports.unacknowledged().size());

        reports.acknowledged(sequence);

        assertEquals(List.of(), reports.unacknowledged());
    }

    @Test
    void acknowledgementOfAnEarlierMessageLeavesWhatCameAfterIt() {
        reports.add(held(0, 1));
        long sequence = reports.unacknowledged().get(0).sequence();
        reports.add(held(1, 2));
        reports.add(held(0, 3));
        assertTrue(reports.hasUnsent());

        reports.acknowledged(sequence);

        assertEquals(
                List.of(held(1, 2), held(0, 3)), reports.unacknowledged().get(0).changes());
    }

    @Test
    void manyChangesAreSeveralMessagesEachAcknowledgedByItself() {
        for (int partition = 0; partition <= CacheReports.MAX_CHANGES; partition++) {
            reports.add(held(partition, partition));
        }
        List<CacheReports.Part> parts = reports.unacknowledged();
        assertEquals(2, parts.size());
        assertEquals(CacheReports.MAX_CHANGES, parts.get(0).changes().size());

        reports.acknowledged(parts.get(0).sequence());

        assertEquals(parts.get(1).changes(), reports.unacknowledged().get(0).changes());
    }
}

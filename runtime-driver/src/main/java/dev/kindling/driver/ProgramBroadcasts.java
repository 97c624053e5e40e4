package dev.kindling.driver;

import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.driver.launch.BroadcastShelf;
import dev.kindling.rdd.BroadcastPublisher;

/** What the program broadcasts: kept on the shelf, forgotten by executors on the driver's word. */
record ProgramBroadcasts(BroadcastShelf shelf, Driver driver) implements BroadcastPublisher {
    @Override
    public BroadcastKey publish(Object value, String place) {
        return shelf.put(value, place);
    }

    @Override
    public void unpersist(long id, boolean isBlocking) {
        driver.dropBroadcast(id, isBlocking);
    }

    /** Off the shelf first: an executor that asks from now on is told why there is nothing. */
    @Override
    public void destroy(long id, String why, boolean isBlocking) {
        shelf.remove(id, why);
        driver.dropBroadcast(id, isBlocking);
    }
}

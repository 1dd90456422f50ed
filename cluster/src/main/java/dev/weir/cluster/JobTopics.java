package dev.weir.cluster;

import dev.weir.cluster.job.TopicOptions;
import dev.weir.cluster.job.TopicOptions.Begin;
import dev.weir.cluster.job.TopicOptions.SensorTimes;
import dev.weir.export.message.FlowMessage;
import dev.weir.server.config.ClusterJob.Topic;
import dev.weir.server.config.ClusterJob.Until;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics of a job's file: what readers need to know, and whether they are there. */
final class JobTopics {
    private static final int WAIT_MILLIS = 10_000;
    private static final String GROUP = "weir-job-";

    private JobTopics() {}

    /** How a job of that name reads it. */
    static TopicOptions options(Topic topic, String job) throws JobFailure {
        return new TopicOptions(
                topic.brokers(),
                topic.topic(),
                properties(topic),
                topic.group().orElseGet(() -> group(job)),
                Begin.valueOf(topic.from().name()),
                topic.until() == Until.LATEST,
                new SensorTimes(
                        topic.sensors(),
                        topic.outOfOrder().toNanos(),
                        topic.idle().map(Duration::toMillis).orElse(TopicOptions.NEVER)),
                topic.ahead().toNanos());
    }

    private static String group(String job) {
        String name = GROUP + job.replaceAll("[^A-Za-z0-9._-]", "-");
        return name.substring(0, Math.min(name.length(), FlowMessage.MAX_NAME));
    }

    private static Map<String, String> properties(Topic topic) throws JobFailure {
        var settings = new HashMap<String, String>();
        if (topic.properties().isPresent()) {
            String file = topic.properties().get();
            var read = new Properties();
            try (Reader in = Files.newBufferedReader(Path.of(file))) {
                read.load(in);
            } catch (IOException | IllegalArgumentException e) {
                String why = e instanceof NoSuchFileException || e instanceof InvalidPathException
                        ? "no such file"
                        : String.valueOf(e.getMessage());
                throw new JobFailure(file + ": " + why + "; give 'properties' a readable file");
            }
            read.stringPropertyNames().forEach(name -> settings.put(name, read.getProperty(name)));
        }
        return settings;
    }

    /** Asks the brokers for the topic: a job that finds none would only start again and again. */
    static void check(TopicOptions topic) throws JobFailure {
        String place = String.join(",", topic.brokers()) + "/" + topic.topic();
        var settings = new HashMap<String, Object>(topic.properties());
        settings.put("bootstrap.servers", String.join(",", topic.brokers()));
        settings.put("default.api.timeout.ms", WAIT_MILLIS);
        settings.put("request.timeout.ms", WAIT_MILLIS / 2);
        settings.put("enable.metrics.push", false);
        try (Admin admin = Admin.create(settings)) {
            admin.describeTopics(List.of(topic.topic())).allTopicNames().get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new JobFailure(place + ": no such topic; make it, or give another");
            }
            throw new JobFailure(place + ": " + said(e) + "; see to brokers and properties");
        } catch (KafkaException e) {
            throw new JobFailure(place + ": " + said(e) + "; see to brokers and properties");
        } catch (TimeoutException e) {
            throw new JobFailure(place + ": no answer; see that brokers listen there");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobFailure("interrupted");
        }
    }

    private static String said(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }
}

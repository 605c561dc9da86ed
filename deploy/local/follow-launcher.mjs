// Loaded into the service before its own code: a launcher that is gone, even by SIGKILL, is a request to end.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// The channel alone is no reason to stay.
process.channel?.unref();

/**
 * Loaded before a server that `npm start` starts: its standard input is a pipe from there, so it
 * ends with its parent, also when that was killed with -9.
 */
process.stdin.on('close', () => process.exit(0)).resume()

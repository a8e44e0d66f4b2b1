import { render } from 'preact';
import { App } from './app.js';
import './styles/tokens.css';
import './styles/frame.css';
import './styles/parts.css';
import './styles/forms.css';
import './styles/graph.css';
import './styles/process.css';

render(<App />, document.getElementById('console')!);
